using Microsoft.Extensions.Primitives;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Requests;

/// <summary>The <c>Idempotency-Key</c> header.</summary>
internal static class IdempotencyKey
{
    internal const string Header = "Idempotency-Key";
    private const int CharsMax = 128;

    /// <summary>The key; null without the header.</summary>
    /// <exception cref="ProblemException">There is more than one, or it is not 1 to 128 printable ASCII characters.</exception>
    internal static string? Read(StringValues values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var key = values[0];
        if (values.Count > 1 || string.IsNullOrEmpty(key) || key.Length > CharsMax || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw ProblemException.Invalid(Header, "Must be one value of 1 to 128 printable ASCII characters.");
        }

        return key;
    }
}
