namespace Rsvp.Api.Edge;

/// <summary>What a page may load and do, when the endpoint's answer is a page.</summary>
/// <param name="Of">The header's value; asked when the answer begins.</param>
internal sealed record ContentPolicyMetadata(Func<HttpContext, string> Of);

/// <summary>The <c>Content-Security-Policy</c> of answers.</summary>
internal static class ContentPolicy
{
    /// <summary>Of everything that is no page: a browser that is made to show it may load nothing and run nothing.</summary>
    internal const string OfData = "default-src 'none'; frame-ancestors 'none'";

    internal static TBuilder WithContentPolicy<TBuilder>(this TBuilder endpoint, Func<HttpContext, string> policy)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ContentPolicyMetadata(policy));
}
