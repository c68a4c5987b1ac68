using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Rsvp.Api.Calendars;

/// <summary>200 with a calendar, or 304 for whoever has it already.</summary>
internal static class CalendarResult
{
    internal const string ContentType = "text/calendar";

    internal static IResult Of(string calendar)
    {
        var content = Encoding.UTF8.GetBytes(calendar);
        var tag = Convert.ToHexStringLower(SHA256.HashData(content))[..32];
        return Results.Bytes(content, ContentType + "; charset=utf-8", "rsvp.ics", entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }
}
