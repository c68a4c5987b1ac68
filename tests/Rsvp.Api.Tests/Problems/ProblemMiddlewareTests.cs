using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Tests.Problems;

public sealed class ProblemMiddlewareTests
{
    [Fact]
    public async Task A_defect_is_an_internal_error_that_tells_nothing_of_itself()
    {
        var (status, problem) = await RunAsync(_ => throw new InvalidOperationException("SELECT secret FROM db-1.internal"));

        Assert.Equal((500, "internal_error"), (status, problem.GetProperty("code").GetString()));
        Assert.Equal(["type", "title", "status", "code", "traceId"], problem.EnumerateObject().Select(member => member.Name));
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_a_request_timeout()
    {
        var (status, problem) = await RunAsync(_ => throw new BadHttpRequestException("Reading the request body timed out.", StatusCodes.Status408RequestTimeout));

        Assert.Equal((408, "request_timeout"), (status, problem.GetProperty("code").GetString()));
    }

    private static async Task<(int Status, JsonElement Problem)> RunAsync(RequestDelegate next)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };

        await new ProblemMiddleware(next, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(http);
        await http.Response.BodyWriter.FlushAsync();

        Assert.Equal("application/problem+json", http.Response.ContentType);
        return (http.Response.StatusCode, JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(body.ToArray())));
    }
}
