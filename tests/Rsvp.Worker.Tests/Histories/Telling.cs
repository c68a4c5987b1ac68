using Rsvp.Contracts;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Tells a history to the worker in commands, and to the model in steps, so that both hear the same.</summary>
internal sealed class Telling
{
    private readonly List<(Step Step, Command Command, int? Key)> _told = [];
    private readonly Dictionary<string, Guid> _requestIds = [];
    private readonly Guid[] _users = [.. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).Order()];
    private readonly List<Guid> _groups = [];
    private readonly Dictionary<Guid, Guid> _rsvps = [];
    private readonly Guid[] _keys = [.. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid())];
    private readonly DateTimeOffset _submittedAt;

    // Less than a microsecond: over by the time anybody looks.
    private const double AtOnceMinutes = 1e-9;

    public Telling(History history, DateTimeOffset now)
    {
        _submittedAt = now;
        Create = Envelope(CommandNames.CreateActivity, Host) with
        {
            CreateActivity = new CreateActivity
            {
                Settings = new ActivitySettings
                {
                    Title = "A history",
                    StartsAt = now.AddHours(NaiveActivity.StartsAfterHours),
                    RegistrationClosesAt = now.AddHours(NaiveActivity.ClosesAfterHours),
                    Capacity = history.Beginning.Capacity,
                    SkipLimit = history.Beginning.SkipLimit,
                    MaxPartySize = 4,
                    MaxGroupSize = NaiveActivity.MaxGroupSize,
                    PromotionMode = history.Beginning.Offers ? "offer" : "auto",
                    OfferMinutes = history.Beginning.OfferHours == 0 ? AtOnceMinutes : 60 * history.Beginning.OfferHours,
                },
            },
        };
    }

    public Guid ActivityId { get; } = Guid.NewGuid();

    public Guid Host { get; } = Guid.NewGuid();

    /// <summary>The command that opens the activity.</summary>
    public Command Create { get; }

    /// <summary>Everybody whom somebody knows.</summary>
    public IEnumerable<Guid> KnownUsers => _users.Where((_, user) => user != NaiveActivity.Stranger);

    public int UserOf(Guid userId) => Array.IndexOf(_users, userId);

    /// <summary>The next command; null when the step is none.</summary>
    public (Step Step, Command Command, int? Key)? Next(Step step)
    {
        if (step is Step.Again again)
        {
            return _told.Count == 0 ? null : _told[^Math.Min(again.Back, _told.Count)];
        }

        var key = (step as Step.Submit)?.Key;
        var command = step switch
        {
            Step.Submit submit => Envelope(CommandNames.SubmitRsvp, _users[submit.User]) with
            {
                SubmitRsvp = new SubmitRsvp { GuestCount = submit.Size - 1, RejectIfFull = submit.RejectIfFull },
                KeyId = key is int k ? _keys[k] : null,
            },
            Step.Update update => Envelope(CommandNames.UpdateRsvp, _users[update.User]) with
            {
                UpdateRsvp = new UpdateRsvp
                {
                    GuestCount = update.Size - 1,
                    SetsSpecialRequirements = update.Text is not null,
                    SpecialRequirements = update.Text is { Length: > 0 } text ? text : null,
                },
                IfMatch = Match(update.Match),
            },
            Step.Group group => Envelope(CommandNames.RegisterGroup, group.ByHost ? Host : _users[group.Caller]) with
            {
                RegisterGroup = new RegisterGroup
                {
                    AllOrNothing = group.AllOrNothing,
                    RejectIfFull = group.RejectIfFull,
                    Members = [.. group.Members.Select(member => new GroupMember { UserId = _users[member.User], GuestCount = member.Size - 1 })],
                },
            },
            Step.CancelGroup cancel => Envelope(CommandNames.CancelGroup, cancel.ByHost ? Host : _users[cancel.Caller]) with
            {
                CancelGroup = new CancelGroup { GroupId = _groups.Count == 0 ? Guid.NewGuid() : _groups[cancel.Which % _groups.Count] },
            },
            Step.Accept accept => Envelope(CommandNames.AcceptOffer, _users[accept.User]) with { AcceptOffer = new AcceptOffer() },
            Step.Decline decline => Envelope(CommandNames.DeclineOffer, _users[decline.User]) with { DeclineOffer = new DeclineOffer() },
            Step.Promote promote => Envelope(CommandNames.PromoteWaitlist, promote.ByHost ? Host : _users[0]) with
            {
                PromoteWaitlist = new PromoteWaitlist { Count = promote.Count },
            },
            Step.PromoteNamed promote => Envelope(CommandNames.PromoteWaitlist, Host) with
            {
                PromoteWaitlist = new PromoteWaitlist { RsvpIds = [.. promote.Users.Select(RsvpOf)], OverrideCapacity = promote.Overrides },
            },
            Step.Bulk bulk => Envelope(CommandNames.BulkWaitlist, Host) with
            {
                BulkWaitlist = new BulkWaitlist
                {
                    Action = bulk.Action,
                    RsvpIds = [.. bulk.Users.Select(RsvpOf)],
                    ToPosition = bulk.Action == "move" ? bulk.ToPosition : null,
                    DryRun = bulk.DryRun,
                },
            },
            Step.Remove remove => Envelope(CommandNames.RemoveRsvp, Host) with
            {
                RsvpUserId = _users[remove.User],
                RemoveRsvp = new RemoveRsvp(),
                IfMatch = Match(remove.Match),
            },
            Step.Scan { Undoes: false } scan => Envelope(CommandNames.CheckIn, Host) with { RsvpUserId = _users[scan.User], CheckIn = new CheckIn() },
            Step.Scan scan => Envelope(CommandNames.UndoCheckIn, Host) with { RsvpUserId = _users[scan.User], UndoCheckIn = new UndoCheckIn() },
            Step.WalkIn walkIn => Envelope(CommandNames.WalkIn, Host) with
            {
                WalkIn = new WalkIn { UserId = _users[walkIn.User], GuestCount = walkIn.Size - 1 },
            },
            Step.Release => Envelope(CommandNames.ReleaseNoShows, Host) with { ReleaseNoShows = new ReleaseNoShows() },
            Step.Expire => Envelope(CommandNames.ExpireOffers, Guid.Empty) with { ExpireOffers = new ExpireOffers() },
            Step.Cancel cancel => Envelope(CommandNames.CancelRsvp, _users[cancel.User]) with
            {
                CancelRsvp = new CancelRsvp(),
                IfMatch = Match(cancel.Match),
            },
            Step.Change change => Envelope(CommandNames.UpdateActivity, change.ByHost ? Host : _users[0]) with { UpdateActivity = Change(change) },
            Step.Pass => Envelope(CommandNames.RunPass, Guid.Empty) with { RunPass = new RunPass { PassNumber = 1 } },
            _ => null,
        };
        if (command is null)
        {
            return null;
        }

        // As the API does it: a key and a body make the request's id, so the same body is the same request.
        if (key is not null)
        {
            _requestIds.TryAdd(step.ToString(), command.RequestId);
            command = command with { RequestId = _requestIds[step.ToString()] };
        }

        _told.Add((step, command, key));
        return _told[^1];
    }

    /// <summary>An outcome in the words of the model.</summary>
    public Answer Hear(CommandOutcome outcome)
    {
        if (outcome is { Command: CommandNames.RegisterGroup, GroupId: Guid groupId } && !_groups.Contains(groupId))
        {
            _groups.Add(groupId);
        }

        Learn(outcome.Rsvp ?? outcome.Problem?.Rsvp);
        foreach (var result in outcome.Results ?? [])
        {
            Learn(result.Rsvp);
        }

        var members = outcome.Results?.Select(result => new ShownMember(UserOf(result.UserId), Show(result.Rsvp ?? result.Problem?.Rsvp), result.Problem?.Code));
        return new Answer(
            outcome.Problem?.Code,
            outcome.Created,
            Show(outcome.Rsvp ?? outcome.Problem?.Rsvp),
            members is null ? null : ShownMember.List(outcome.Command is CommandNames.CancelGroup or CommandNames.ReleaseNoShows or CommandNames.PromoteWaitlist ? members.OrderBy(member => member.User) : members));
    }

    /// <summary>Whether a step names RSVPs, whose ids are known once the batches before it were applied.</summary>
    public static bool NamesRsvps(Step step) => step is Step.PromoteNamed or Step.Bulk;

    private Guid RsvpOf(int user) => _rsvps.GetValueOrDefault(_users[user], _users[user]);

    private void Learn(RsvpDocument? rsvp)
    {
        if (rsvp is not null)
        {
            _rsvps[rsvp.UserId] = rsvp.Id;
        }
    }

    private static Shown? Show(RsvpDocument? rsvp) => rsvp is null ? null : new Shown(rsvp.Status, rsvp.PartySize, rsvp.Version, rsvp.WaitlistPosition);

    private static UpdateActivity Change(Step.Change change)
    {
        var clears = change.Value is null;
        return change.Setting switch
        {
            Setting.Capacity => new UpdateActivity { Capacity = change.Value, Clear = clears ? ["capacity"] : [] },
            Setting.SkipLimit => new UpdateActivity { SkipLimit = change.Value, Clear = clears ? ["skipLimit"] : [] },
            Setting.WaitlistLimit => new UpdateActivity { WaitlistLimit = change.Value, Clear = clears ? ["waitlistLimit"] : [] },
            Setting.WaitlistEnabled => new UpdateActivity { WaitlistEnabled = change.Value > 0 },
            Setting.MaxPartySize => new UpdateActivity { MaxPartySize = Math.Max(1, change.Value ?? 1) },
            Setting.PromotionMode => new UpdateActivity { PromotionMode = change.Value > 0 ? "offer" : "auto" },
            Setting.CutoffMinutes => new UpdateActivity { PromotionCutoffMinutes = 60 * (change.Value ?? 0) },
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }

    private static IfMatch? Match(Match match) => match.IsGiven ? new IfMatch { Version = match.Version } : null;

    private Command Envelope(string name, Guid userId) => new()
    {
        RequestId = Guid.NewGuid(),
        Name = name,
        ActivityId = ActivityId,
        Caller = new Caller { UserId = userId },
        SubmittedAt = _submittedAt,
    };
}
