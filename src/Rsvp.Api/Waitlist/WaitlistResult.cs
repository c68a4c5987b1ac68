using Rsvp.Api.Json;
using Rsvp.Api.Paging;

namespace Rsvp.Api.Waitlist;

/// <summary>The line as one caller sees it; without <c>items</c> for those who are no hosts.</summary>
internal sealed class WaitlistResult(WaitlistSummary summary, PageResult<WaitlistEntry>? entries) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = JsonBuffer.Rent();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WriteString("activityId"u8, summary.ActivityId);
        writer.WriteNumber("length"u8, summary.Length);
        WriteOwn(writer);
        writer.WriteNumber("version"u8, summary.Version);
        entries?.WriteTo(writer);
        writer.WriteEndObject();
        return buffer.SendAsync(httpContext, StatusCodes.Status200OK, "application/json");
    }

    private void WriteOwn(System.Text.Json.Utf8JsonWriter writer)
    {
        if (summary.RsvpId is { } rsvpId)
        {
            writer.WriteString("rsvpId"u8, rsvpId);
            writer.WriteNumber("position"u8, summary.Position!.Value);
            writer.WriteNumber("partiesAhead"u8, summary.PartiesAhead!.Value);
            writer.WriteNumber("spotsAhead"u8, summary.SpotsAhead!.Value);
        }
        else
        {
            writer.WriteNull("rsvpId"u8);
            writer.WriteNull("position"u8);
            writer.WriteNull("partiesAhead"u8);
            writer.WriteNull("spotsAhead"u8);
        }
    }
}
