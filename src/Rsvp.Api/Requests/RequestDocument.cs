using System.Text.Json;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Contracts;

namespace Rsvp.Api.Requests;

/// <summary>Writes the request document of the contract.</summary>
internal static class RequestDocument
{
    /// <summary>A request whose outcome cannot be read yet: its id and status are sure, when it was made sometimes, the rest is not known.</summary>
    internal static void WritePending(Utf8JsonWriter writer, Guid requestId, DateTimeOffset? submittedAt)
    {
        writer.WriteStartObject();
        writer.WriteString("requestId"u8, requestId);
        writer.WriteNull("command"u8);
        writer.WriteString("status"u8, "pending"u8);
        writer.WriteNull("activityId"u8);
        if (submittedAt is { } at)
        {
            writer.WriteString("submittedAt"u8, at.UtcDateTime);
        }
        else
        {
            writer.WriteNull("submittedAt"u8);
        }

        writer.WriteNull("completedAt"u8);
        writer.WriteNull("rsvp"u8);
        writer.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter writer, CommandOutcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("requestId"u8, outcome.RequestId);
        writer.WriteString("command"u8, outcome.Command);
        writer.WriteString("status"u8, outcome.Problem is null ? "completed"u8 : "rejected"u8);
        if (outcome.Command == CommandNames.DeleteUser)
        {
            writer.WriteNull("activityId"u8);
        }
        else
        {
            writer.WriteString("activityId"u8, outcome.ActivityId);
        }

        writer.WriteString("submittedAt"u8, outcome.SubmittedAt.UtcDateTime);
        writer.WriteString("completedAt"u8, outcome.CompletedAt.UtcDateTime);
        WriteRsvp(writer, outcome.Rsvp);
        if (outcome.Activity is not null)
        {
            writer.WritePropertyName("activity"u8);
            JsonSerializer.Serialize(writer, outcome.Activity, ApiJson.Default.ActivityDocument);
        }

        if (outcome.GroupId is { } groupId)
        {
            writer.WriteString("groupId"u8, groupId);
        }

        if (outcome.Results is not null)
        {
            WriteResults(writer, outcome.Results);
        }

        WriteProblem(writer, outcome.Problem);
        writer.WriteEndObject();
    }

    private static void WriteRsvp(Utf8JsonWriter writer, RsvpDocument? rsvp)
    {
        writer.WritePropertyName("rsvp"u8);
        if (rsvp is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            JsonSerializer.Serialize(writer, rsvp, ApiJson.Default.RsvpDocument);
        }
    }

    /// <summary>Writes what became of each member of a group.</summary>
    internal static void WriteResults(Utf8JsonWriter writer, IReadOnlyList<MemberResult> results)
    {
        writer.WriteStartArray("results"u8);
        foreach (var result in results)
        {
            writer.WriteStartObject();
            if (result.UserId == Guid.Empty)
            {
                writer.WriteNull("userId"u8);
            }
            else
            {
                writer.WriteString("userId"u8, result.UserId);
            }

            if (result.RsvpId is { } rsvpId)
            {
                writer.WriteString("rsvpId"u8, rsvpId);
            }

            WriteRsvp(writer, result.Rsvp);
            if (result.Problem is null)
            {
                writer.WriteNull("problem"u8);
            }

            WriteProblem(writer, result.Problem);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteProblem(Utf8JsonWriter writer, ProblemDocument? problem)
    {
        if (problem is not null)
        {
            writer.WriteStartObject("problem"u8);
            ProblemResult.WriteDecided(writer, problem);
            writer.WriteEndObject();
        }
    }
}
