using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.Net.Http.Headers;

namespace Rsvp.Api.Origin;

/// <summary>The token of a request to the push side, which checks it; here it only says where to go.</summary>
internal static class CallerToken
{
    /// <summary>Where browsers put a token, because they cannot send a header with a WebSocket.</summary>
    internal const string Parameter = "access_token";

    private const string Scheme = "Bearer ";

    /// <summary>The user that a token claims to be of; empty without one.</summary>
    internal static string Subject(HttpRequest request)
    {
        var header = request.Headers[HeaderNames.Authorization].ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : request.Query[Parameter].ToString();
        try
        {
            return token.Length == 0 ? "" : new JsonWebToken(token).Subject;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Not a token; the notifier says so.
            return "";
        }
    }

    /// <summary>Moves a token from the query to the header, so that no address with a token in it leaves here.</summary>
    /// <returns>The query without it.</returns>
    internal static QueryString MoveToHeader(HttpRequest request, HttpRequestMessage forwarded)
    {
        if (!request.Query.TryGetValue(Parameter, out var tokens))
        {
            return request.QueryString;
        }

        if (!request.Headers.ContainsKey(HeaderNames.Authorization) && tokens is [{ Length: > 0 } token])
        {
            forwarded.Headers.TryAddWithoutValidation(HeaderNames.Authorization, Scheme + token);
        }

        return QueryString.Create(request.Query.Where(parameter => !parameter.Key.Equals(Parameter, StringComparison.OrdinalIgnoreCase)));
    }
}
