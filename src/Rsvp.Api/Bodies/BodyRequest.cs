using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Rsvp.Api.Documentation;

namespace Rsvp.Api.Bodies;

/// <summary>A request with a body that is no command; bound from the HTTP request by the framework.</summary>
/// <typeparam name="TBody">What the client sends.</typeparam>
internal sealed record BodyRequest<TBody>(TBody Body) : IEndpointParameterMetadataProvider
    where TBody : IBody<TBody>
{
    /// <summary>For the documentation: what the body may be.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new BodyMetadata(fields => TBody.Read(fields)));

    public static async ValueTask<BodyRequest<TBody>> BindAsync(HttpContext http) => new(await BodyReader.ReadAsync<TBody>(http, hash: default));
}
