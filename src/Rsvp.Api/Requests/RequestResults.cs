using System.Globalization;
using System.Text.Json;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Contracts;

namespace Rsvp.Api.Requests;

/// <summary>202: the broker has the command; here is where its outcome will be.</summary>
internal sealed class AcceptedResult(Guid requestId) : IResult
{
    /// <summary>The activity that the command creates; null for commands on what is there already.</summary>
    internal Guid? ActivityId { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.Location = $"/api/requests/{requestId:D}";
        var buffer = JsonBuffer.Rent();
        Write(buffer.Writer);
        return buffer.SendAsync(httpContext, StatusCodes.Status202Accepted, "application/json");
    }

    /// <summary>Writes the document.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("requestId"u8, requestId);
        writer.WriteString("status"u8, "pending"u8);
        if (ActivityId is { } activityId)
        {
            writer.WriteString("activityId"u8, activityId);
        }

        writer.WriteEndObject();
    }
}

/// <summary>The outcome itself, for a client that waited: 200 or 201 with the request document, or the refusal.</summary>
internal sealed class OutcomeResult(CommandOutcome outcome, int waitSeconds) : IResult
{
    internal CommandOutcome Outcome => outcome;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers["Preference-Applied"] = waitSeconds.ToString("'wait='0", CultureInfo.InvariantCulture);
        if (outcome.Problem is { } problem)
        {
            return new ProblemResult(problem.Code, problem.Detail) { RequestId = outcome.RequestId, Context = problem, Results = outcome.Results }.ExecuteAsync(httpContext);
        }

        if (outcome.Rsvp is { } rsvp)
        {
            headers.ETag = EntityTags.Of(rsvp.Version);
        }

        if (outcome.Created)
        {
            headers.Location = outcome switch
            {
                { Rsvp: { } created } => $"/api/rsvps/{created.Id:D}",
                { Activity: not null } => $"/api/activities/{outcome.ActivityId:D}",
                _ => $"/api/requests/{outcome.RequestId:D}",
            };
        }

        var buffer = JsonBuffer.Rent();
        RequestDocument.Write(buffer.Writer, outcome);
        return buffer.SendAsync(httpContext, outcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, "application/json");
    }
}

/// <summary>200 with the request document of somebody who asks how a request is doing.</summary>
internal sealed class RequestResult(Guid requestId, DateTimeOffset? issuedAt, CommandOutcome? outcome) : IResult
{
    internal CommandOutcome? Outcome => outcome;

    /// <summary>Seconds the client was willing to wait, when the outcome came of it; null otherwise.</summary>
    internal int? WaitSeconds { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (outcome is not null && WaitSeconds is { } waitSeconds)
        {
            httpContext.Response.Headers["Preference-Applied"] = waitSeconds.ToString("'wait='0", CultureInfo.InvariantCulture);
        }

        var buffer = JsonBuffer.Rent();
        if (outcome is null)
        {
            RequestDocument.WritePending(buffer.Writer, requestId, issuedAt);
        }
        else
        {
            RequestDocument.Write(buffer.Writer, outcome);
        }

        return buffer.SendAsync(httpContext, StatusCodes.Status200OK, "application/json");
    }
}
