using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Documentation;

/// <summary>Answers as examples, written by what writes the real ones.</summary>
internal static class Examples
{
    internal static readonly Guid RequestId = new("0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071");
    internal static readonly Guid ActivityId = new("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    internal static readonly Guid RsvpId = new("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d");
    internal static readonly Guid UserId = new("22222222-2222-4222-8222-222222222222");
    internal static readonly Guid HostId = new("11111111-1111-4111-8111-111111111111");
    internal static readonly Guid GroupId = new("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    internal static readonly DateTimeOffset At = new(2040, 5, 1, 9, 30, 0, TimeSpan.Zero);

    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly RsvpDocument Rsvp = new()
    {
        Id = RsvpId,
        ActivityId = ActivityId,
        UserId = UserId,
        Status = "confirmed",
        GuestCount = 1,
        PartySize = 2,
        CreatedAt = At,
        UpdatedAt = At,
        Version = 1,
    };

    private static readonly ActivityDocument Activity = new()
    {
        Id = ActivityId,
        Title = "Chess night",
        Status = "scheduled",
        StartsAt = At.AddDays(31),
        Capacity = 20,
        MaxPartySize = 10,
        MaxGroupSize = 10,
        WaitlistEnabled = true,
        SkipLimit = 5,
        PromotionMode = "auto",
        OfferMinutes = 60,
        PromotionCutoffMinutes = 0,
        RegistrationClosesAt = At.AddDays(31),
        ParticipantsVisible = false,
        Confirmed = 0,
        Offered = 0,
        Available = 20,
        Waitlisted = 0,
        CheckedIn = 0,
        WaitlistLength = 0,
        CreatedAt = At,
        UpdatedAt = At,
        Version = 1,
    };

    /// <summary>An activity as everybody reads it.</summary>
    internal static JsonNode OfActivity() => Written(writer => JsonSerializer.Serialize(writer, Activity, ApiJson.Default.ActivityDocument));

    /// <summary>The request document of a command that completed.</summary>
    internal static JsonNode Completed(string command) => Written(writer => RequestDocument.Write(writer, Outcome(command)));

    /// <summary>The request document of a command that was refused.</summary>
    internal static JsonNode Rejected() => Written(writer => RequestDocument.Write(
        writer, Outcome(CommandNames.SubmitRsvp) with { Rsvp = null, Problem = new ProblemDocument { Code = ProblemCodes.RegistrationClosed } }));

    /// <summary>The request document while nothing is known.</summary>
    internal static JsonNode Pending() => Written(writer => RequestDocument.WritePending(writer, RequestId, At));

    /// <summary>The 202.</summary>
    internal static JsonNode Accepted(string command) =>
        Written(writer => new AcceptedResult(RequestId) { ActivityId = command == CommandNames.CreateActivity ? ActivityId : null }.Write(writer));

    /// <summary>A refusal.</summary>
    internal static JsonNode Problem(string code) => Written(writer => new ProblemResult(code)
    {
        RequestId = code == ProblemCodes.OutcomeUnknown ? RequestId : null,
        Errors = code == ProblemCodes.InvalidRequest ? new Dictionary<string, List<string>> { ["guestCount"] = ["Must be an integer from 0 to 99."] } : null,
        Context = code switch
        {
            ProblemCodes.AlreadyRegistered => new ProblemDocument { Code = code, Rsvp = Rsvp },
            ProblemCodes.AlreadyCheckedIn => new ProblemDocument { Code = code, Rsvp = CheckedIn(), CheckedInAt = At, CheckedInBy = HostId },
            _ => null,
        },
    }.Write(writer, TraceId));

    private static RsvpDocument CheckedIn() => Rsvp with { CheckedIn = true, CheckInTime = At, Version = 2 };

    private static CommandOutcome Outcome(string command)
    {
        var outcome = new CommandOutcome { RequestId = RequestId, Command = command, UserId = UserId, ActivityId = ActivityId, SubmittedAt = At, CompletedAt = At };
        return command switch
        {
            CommandNames.CreateActivity or CommandNames.UpdateActivity or CommandNames.AddHost or CommandNames.RemoveHost => outcome with { Activity = Activity },
            CommandNames.CancelActivity => outcome with { Activity = Activity with { Status = "cancelled", Version = 2 } },
            CommandNames.RegisterGroup => outcome with { GroupId = GroupId, Results = [Member(Rsvp with { GroupId = GroupId })] },
            CommandNames.CancelGroup => outcome with { GroupId = GroupId, Results = [Member(Ended() with { GroupId = GroupId })] },
            CommandNames.PromoteWaitlist or CommandNames.BulkWaitlist => outcome with { Results = [Member(Rsvp with { Version = 2 }) with { RsvpId = RsvpId }] },
            CommandNames.ReleaseNoShows => outcome with { Results = [Member(Ended()) with { RsvpId = RsvpId }] },
            CommandNames.CancelRsvp or CommandNames.RemoveRsvp or CommandNames.DeclineOffer => outcome with { Rsvp = Ended() },
            CommandNames.CheckIn or CommandNames.WalkIn => outcome with { Rsvp = CheckedIn() },
            CommandNames.DeleteUser => outcome,
            _ => outcome with { Rsvp = Rsvp },
        };

        static RsvpDocument Ended() => Rsvp with { Status = "cancelled", Version = 2 };
        static MemberResult Member(RsvpDocument rsvp) => new() { UserId = UserId, Rsvp = rsvp };
    }

    private static JsonNode Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ApiJson.WriterOptions))
        {
            write(writer);
        }

        return JsonNode.Parse(stream.ToArray())!;
    }
}
