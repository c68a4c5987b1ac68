using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Hosting.Json;

namespace Rsvp.Contracts.Tests;

/// <summary>Golden documents: builds that run side by side, stored outcomes and messages in queues must understand each other.</summary>
public sealed class WireFormatTests
{
    private const string RsvpJson =
        """
        {
          "id": "0198a000-0000-7000-8000-000000000003", "activityId": "0198a000-0000-7000-8000-000000000001",
          "userId": "0198a000-0000-7000-8000-000000000002", "status": "waitlisted", "guestCount": 1, "partySize": 2,
          "specialRequirements": "A seat at the aisle", "waitlistPosition": 7, "offerExpiresAt": "2026-11-22T12:00:00+00:00",
          "groupId": "0198a000-0000-7000-8000-000000000004", "checkedIn": true, "checkInTime": "2026-11-22T12:00:00+00:00",
          "createdAt": "2026-11-22T12:00:00+00:00", "updatedAt": "2026-11-22T12:00:00+00:00", "version": 3
        }
        """;

    private const string ProblemJson =
        $$"""
        {
          "code": "already_checked_in", "detail": "Twice.", "rsvp": {{RsvpJson}}, "checkedInAt": "2026-11-22T12:00:00+00:00",
          "checkedInBy": "0198a000-0000-7000-8000-000000000002"
        }
        """;

    private const string OutcomeJsonText =
        $$"""
        {
          "requestId": "0198a000-0000-7000-8000-000000000005", "command": "submit_rsvp", "userId": "0198a000-0000-7000-8000-000000000002",
          "activityId": "0198a000-0000-7000-8000-000000000001", "submittedAt": "2026-11-22T12:00:00+00:00",
          "completedAt": "2026-11-22T12:00:00+00:00", "created": true, "rsvp": {{RsvpJson}},
          "groupId": "0198a000-0000-7000-8000-000000000004",
          "results": [{
            "userId": "0198a000-0000-7000-8000-000000000002", "rsvpId": "0198a000-0000-7000-8000-000000000003", "rsvp": {{RsvpJson}},
            "problem": {{ProblemJson}} }],
          "problem": {{ProblemJson}}
        }
        """;

    public static TheoryData<string, string> Bodies => new()
    {
        { CommandNames.SubmitRsvp, """{ "submitRsvp": { "guestCount": 1, "specialRequirements": "A seat", "rejectIfFull": true } }""" },
        { CommandNames.UpdateRsvp, """{ "updateRsvp": { "guestCount": 0, "setsSpecialRequirements": true, "specialRequirements": "None" } }""" },
        { CommandNames.CancelRsvp, """{ "cancelRsvp": { "reason": "Ill" } }""" },
        {
            CommandNames.CreateActivity,
            """
            {
              "createActivity": {
                "settings": {
                  "title": "Lecture", "startsAt": "2026-11-22T12:00:00+00:00", "endsAt": "2026-11-22T12:00:00+00:00", "capacity": 100,
                  "maxPartySize": 9, "maxGroupSize": 8, "waitlistEnabled": true, "waitlistLimit": 7, "skipLimit": 6, "promotionMode": "offer",
                  "offerMinutes": 0.5, "promotionCutoffMinutes": 4, "registrationOpensAt": "2026-11-22T12:00:00+00:00",
                  "registrationClosesAt": "2026-11-22T12:00:00+00:00", "participantsVisible": true
                }
              }
            }
            """
        },
        {
            CommandNames.UpdateActivity,
            """
            {
              "updateActivity": {
                "title": "Lecture", "startsAt": "2026-11-22T12:00:00+00:00", "endsAt": "2026-11-22T12:00:00+00:00", "capacity": 100,
                "maxPartySize": 9, "maxGroupSize": 8, "waitlistEnabled": false, "waitlistLimit": 7, "skipLimit": 6, "promotionMode": "offer",
                "offerMinutes": 0.5, "promotionCutoffMinutes": 4, "registrationOpensAt": "2026-11-22T12:00:00+00:00",
                "registrationClosesAt": "2026-11-22T12:00:00+00:00", "participantsVisible": true, "clear": ["waitlistLimit"]
              }
            }
            """
        },
        {
            CommandNames.RegisterGroup,
            """
            {
              "registerGroup": {
                "allOrNothing": true, "rejectIfFull": true,
                "members": [{ "userId": "0198a000-0000-7000-8000-000000000002", "guestCount": 1, "specialRequirements": "A seat" }]
              }
            }
            """
        },
        { CommandNames.CancelGroup, """{ "cancelGroup": { "groupId": "0198a000-0000-7000-8000-000000000004", "reason": "Ill" } }""" },
        { CommandNames.AcceptOffer, """{ "acceptOffer": {} }""" },
        { CommandNames.DeclineOffer, """{ "declineOffer": {} }""" },
        { CommandNames.ExpireOffers, """{ "expireOffers": {} }""" },
        { CommandNames.DeleteUser, """{ "deleteUser": { "userId": "0198a000-0000-7000-8000-000000000002" } }""" },
        { CommandNames.EraseRsvp, """{ "eraseRsvp": {} }""" },
        { CommandNames.AddHost, """{ "addHost": { "userId": "0198a000-0000-7000-8000-000000000002" } }""" },
        { CommandNames.RemoveHost, """{ "removeHost": { "userId": "0198a000-0000-7000-8000-000000000002" } }""" },
        { CommandNames.RemoveRsvp, """{ "removeRsvp": { "reason": "Rude" } }""" },
        { CommandNames.CancelActivity, """{ "cancelActivity": { "reason": "Rain" } }""" },
        { CommandNames.EndRsvps, """{ "endRsvps": { "hostId": "0198a000-0000-7000-8000-000000000002", "reason": "Rain" } }""" },
        {
            CommandNames.PromoteWaitlist,
            """
            {
              "promoteWaitlist": {
                "count": 3, "rsvpIds": ["0198a000-0000-7000-8000-000000000003"], "overrideCapacity": true,
                "hostId": "0198a000-0000-7000-8000-000000000002"
              }
            }
            """
        },
        {
            CommandNames.BulkWaitlist,
            """
            {
              "bulkWaitlist": {
                "action": "move", "rsvpIds": ["0198a000-0000-7000-8000-000000000003"], "toPosition": 2, "reason": "Speaker", "dryRun": true
              }
            }
            """
        },
        { CommandNames.CheckIn, """{ "checkIn": {} }""" },
        { CommandNames.UndoCheckIn, """{ "undoCheckIn": {} }""" },
        { CommandNames.WalkIn, """{ "walkIn": { "userId": "0198a000-0000-7000-8000-000000000002", "guestCount": 1 } }""" },
        { CommandNames.ReleaseNoShows, """{ "releaseNoShows": { "hostId": "0198a000-0000-7000-8000-000000000002" } }""" },
        { CommandNames.RunPass, """{ "runPass": { "passNumber": 9 } }""" },
    };

    [Fact]
    public void A_command_batch_keeps_its_wire_format()
    {
        var batch = new CommandBatch
        {
            BatchId = Samples.Batch,
            Partition = 15,
            ReplyTo = "api-1",
            Commands = [Samples.Command(CommandNames.SubmitRsvp)],
            TraceParent = Samples.TraceParent,
        };

        Keeps(
            """
            {
              "batchId": "0198a000-0000-7000-8000-000000000007", "partition": 15, "replyTo": "api-1",
              "commands": [{
                "requestId": "0198a000-0000-7000-8000-000000000005", "keyId": "0198a000-0000-7000-8000-000000000006", "name": "submit_rsvp",
                "activityId": "0198a000-0000-7000-8000-000000000001",
                "caller": { "userId": "0198a000-0000-7000-8000-000000000002", "name": "Ada", "email": "ada@example.org", "isAdmin": true },
                "submittedAt": "2026-11-22T12:00:00+00:00", "ifMatch": { "version": 3 }, "rsvpUserId": "0198a000-0000-7000-8000-000000000002",
                "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
              }],
              "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            }
            """,
            batch);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_commands_body_keeps_its_wire_format(string name, string golden)
    {
        var envelope = JsonNode.Parse(Wire.Write(Samples.Command(name)).GetRawText())!.AsObject();
        foreach (var (member, value) in JsonNode.Parse(golden)!.AsObject())
        {
            envelope[member] = value?.DeepClone();
        }

        // What is written is what was read, so nothing of it was dropped.
        Wire.ContainsGolden(golden, Wire.Write(Wire.Read<Command>(envelope.ToJsonString())));
    }

    [Fact]
    public void Every_command_name_has_a_golden_body()
    {
        var names = typeof(CommandNames).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(names.Order(), Bodies.Select(row => row.Data.Item1).Order());
    }

    [Fact]
    public void An_applied_batch_keeps_its_wire_format() => Keeps(
        $$"""{ "batchId": "0198a000-0000-7000-8000-000000000007", "partition": 15, "outcomes": [{{OutcomeJsonText}}] }""",
        new BatchApplied { BatchId = Samples.Batch, Partition = 15, Outcomes = [Samples.Outcome] });

    [Fact]
    public void A_stored_outcome_keeps_its_format()
    {
        var stored = JsonSerializer.Serialize(Samples.Outcome, ContractJson.Default.CommandOutcome);

        using var document = JsonDocument.Parse(stored);
        Wire.ContainsGolden(OutcomeJsonText, document.RootElement);
        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize(OutcomeJsonText, ContractJson.Default.CommandOutcome)!, ContractJson.Default.CommandOutcome));
    }

    [Fact]
    public void A_stored_outcome_leaves_out_what_is_null()
    {
        var outcome = Samples.Outcome with { Rsvp = null, Results = null, Problem = null };

        var stored = JsonSerializer.Serialize(outcome, ContractJson.Default.CommandOutcome);

        Assert.DoesNotContain("null", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_activity_keeps_its_wire_format() => Keeps(
        """
        {
          "activityId": "0198a000-0000-7000-8000-000000000001", "version": 42, "at": "2026-11-22T12:00:00+00:00",
          "capacity": {
            "activityId": "0198a000-0000-7000-8000-000000000001", "capacity": 100, "confirmed": 90, "offered": 5, "available": 5,
            "waitlisted": 12, "checkedIn": 1, "version": 42
          },
          "waitlistLength": 8, "hostsChanged": true,
          "rsvps": [{
            "rsvpId": "0198a000-0000-7000-8000-000000000003", "userId": "0198a000-0000-7000-8000-000000000002", "status": "offered",
            "offerExpiresAt": "2026-11-22T12:00:00+00:00", "rsvpVersion": 3
          }],
          "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        }
        """,
        new ActivityChanged
        {
            ActivityId = Samples.Activity,
            Version = 42,
            At = Samples.Noon,
            Capacity = Samples.Capacity,
            WaitlistLength = 8,
            HostsChanged = true,
            Rsvps =
            [
                new RsvpChanged { RsvpId = Samples.Party, UserId = Samples.Person, Status = "offered", OfferExpiresAt = Samples.Noon, RsvpVersion = 3 },
            ],
            TraceParent = Samples.TraceParent,
        });

    [Fact]
    public void Commands_that_are_given_up_keep_their_wire_format() => Keeps(
        """
        {
          "partition": 3,
          "commands": [{
            "requestId": "0198a000-0000-7000-8000-000000000005", "name": "cancel_rsvp", "activityId": "0198a000-0000-7000-8000-000000000001",
            "caller": { "userId": "0198a000-0000-7000-8000-000000000002" }, "submittedAt": "2026-11-22T12:00:00+00:00", "cancelRsvp": { "reason": "Ill" }
          }]
        }
        """,
        new FailCommands
        {
            Partition = 3,
            Commands =
            [
                new Command
                {
                    RequestId = Samples.Request,
                    Name = CommandNames.CancelRsvp,
                    ActivityId = Samples.Activity,
                    Caller = new Caller { UserId = Samples.Person },
                    SubmittedAt = Samples.Noon,
                    CancelRsvp = new CancelRsvp { Reason = "Ill" },
                },
            ],
        });

    [Fact]
    public void An_opened_vacancy_keeps_its_wire_format() => Keeps(
        """
        {
          "activityId": "0198a000-0000-7000-8000-000000000001", "version": 42,
          "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        }
        """,
        new VacancyOpened { ActivityId = Samples.Activity, Version = 42, TraceParent = Samples.TraceParent });

    [Fact]
    public void Issued_notifications_keep_their_wire_format() => Keeps(
        """
        {
          "activityId": "0198a000-0000-7000-8000-000000000001", "at": "2026-11-22T12:00:00+00:00",
          "notifications": [{
            "notificationId": "0198a000-0000-7000-8000-000000000008", "userId": "0198a000-0000-7000-8000-000000000002",
            "rsvpId": "0198a000-0000-7000-8000-000000000003", "kind": "offered", "status": "offered", "partySize": 2,
            "offerExpiresAt": "2026-11-22T12:00:00+00:00"
          }]
        }
        """,
        new NotificationsIssued
        {
            ActivityId = Samples.Activity,
            At = Samples.Noon,
            Notifications =
            [
                new Notification
                {
                    NotificationId = new Guid("0198a000-0000-7000-8000-000000000008"),
                    UserId = Samples.Person,
                    RsvpId = Samples.Party,
                    Kind = NotificationKinds.Offered,
                    Status = "offered",
                    PartySize = 2,
                    OfferExpiresAt = Samples.Noon,
                },
            ],
        });

    [Fact]
    public void The_kinds_of_notification_keep_their_names() => Assert.Equal(
        ["confirmed", "waitlisted", "promoted", "offered", "reminded", "updated", "moved_to_back", "cancelled", "accepted", "declined", "offer_expired", "removed", "called_off", "released", "moved"],
        NotificationKinds.All);

    [Fact]
    public void A_completed_pass_keeps_its_wire_format() => Keeps(
        """
        {
          "activityId": "0198a000-0000-7000-8000-000000000001", "version": 42, "passNumber": 9, "placesPromoted": 3, "moreLeft": true,
          "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        }
        """,
        new PassCompleted
        {
            ActivityId = Samples.Activity,
            Version = 42,
            PassNumber = 9,
            PlacesPromoted = 3,
            MoreLeft = true,
            TraceParent = Samples.TraceParent,
        });

    [Fact]
    public void Members_of_a_newer_build_are_ignored()
    {
        var command = Wire.Read<Command>(
            """
            {
              "requestId": "0198a000-0000-7000-8000-000000000005", "name": "submit_rsvp", "activityId": "0198a000-0000-7000-8000-000000000001",
              "caller": { "userId": "0198a000-0000-7000-8000-000000000002", "shoeSize": 43 }, "submittedAt": "2026-11-22T12:00:00+00:00",
              "priority": { "of": ["a", "newer"], "build": true }, "submitRsvp": { "guestCount": 2, "allergies": ["nuts"] }
            }
            """);

        Assert.Equal(2, command.SubmitRsvp?.GuestCount);
    }

    [Fact]
    public void Members_that_an_older_build_does_not_send_have_their_documented_defaults()
    {
        var settings = Wire.Read<ActivitySettings>("""{ "title": "Lecture", "startsAt": "2026-11-22T12:00:00+00:00" }""");

        Assert.Equal(new ActivitySettings { Title = "Lecture", StartsAt = Samples.Noon }, settings);
        Assert.Equal((10, 10, true, 5, "auto", 60.0), (settings.MaxPartySize, settings.MaxGroupSize, settings.WaitlistEnabled, settings.SkipLimit, settings.PromotionMode, settings.OfferMinutes));
    }

    [Fact]
    public void Lists_that_are_not_there_are_empty()
    {
        Assert.Empty(Wire.Read<UpdateActivity>("{}").Clear);
        Assert.Empty(Wire.Read<PromoteWaitlist>("{}").RsvpIds);
    }

    [Fact]
    public void No_limit_of_skips_is_not_the_default()
    {
        var settings = new ActivitySettings { Title = "Lecture", StartsAt = Samples.Noon, SkipLimit = null };

        Assert.Null(Wire.Read<ActivitySettings>(Wire.Write(settings).GetRawText()).SkipLimit);
        Assert.Equal(JsonValueKind.Null, Wire.Write(settings).GetProperty("skipLimit").ValueKind);
    }

    private static void Keeps<T>(string golden, T message)
    {
        var written = Wire.Write(message);

        Wire.ContainsGolden(golden, written);
        Wire.ContainsGolden(golden, Wire.Write(Wire.Read<T>(golden)));
    }
}
