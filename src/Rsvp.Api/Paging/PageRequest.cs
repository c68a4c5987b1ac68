using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Rsvp.Api.Documentation;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Paging;

/// <summary>Which part of a list a client wants; bound from <c>?limit=</c> and <c>?cursor=</c>.</summary>
internal sealed record PageRequest(int Limit, string? Cursor) : IEndpointParameterMetadataProvider
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;
    private const int DigitsMax = 9;

    /// <summary>For the documentation: the parameters of every list.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new PageMetadata());

    public static ValueTask<PageRequest> BindAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var limit = LimitDefault;
        if (query.TryGetValue("limit", out var text)
            && !(int.TryParse(CutDigits(text.ToString()), NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit > 0))
        {
            throw ProblemException.Invalid("limit", "Must be a whole number from 1; more than 500 counts as 500.");
        }

        var cursor = query["cursor"].ToString();
        return ValueTask.FromResult(new PageRequest(Math.Min(limit, LimitMax), cursor.Length == 0 ? null : cursor));
    }

    // A number of more digits than are read counts as much as one that is read.
    private static string CutDigits(string text) => text.Length > DigitsMax && text.All(char.IsAsciiDigit) && text[0] != '0' ? text[..DigitsMax] : text;
}
