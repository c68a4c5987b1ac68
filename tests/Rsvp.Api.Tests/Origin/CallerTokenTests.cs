using Microsoft.AspNetCore.Http;
using Rsvp.Api.Origin;

namespace Rsvp.Api.Tests.Origin;

public sealed class CallerTokenTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("e30.a.a.a.a")]
    [InlineData("e30.e30.")]
    public void What_is_no_token_is_of_nobody(string token)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = QueryString.Create(CallerToken.Parameter, token);

        Assert.True(string.IsNullOrEmpty(CallerToken.Subject(request)));
    }
}
