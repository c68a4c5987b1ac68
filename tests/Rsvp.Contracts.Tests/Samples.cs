namespace Rsvp.Contracts.Tests;

/// <summary>Messages with every member set.</summary>
internal static class Samples
{
    public static readonly Guid Activity = new("0198a000-0000-7000-8000-000000000001");
    public static readonly Guid Person = new("0198a000-0000-7000-8000-000000000002");
    public static readonly Guid Party = new("0198a000-0000-7000-8000-000000000003");
    public static readonly Guid Group = new("0198a000-0000-7000-8000-000000000004");
    public static readonly Guid Request = new("0198a000-0000-7000-8000-000000000005");
    public static readonly Guid Key = new("0198a000-0000-7000-8000-000000000006");
    public static readonly Guid Batch = new("0198a000-0000-7000-8000-000000000007");
    public const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static RsvpDocument Rsvp => new()
    {
        Id = Party,
        ActivityId = Activity,
        UserId = Person,
        Status = "waitlisted",
        GuestCount = 1,
        PartySize = 2,
        SpecialRequirements = "A seat at the aisle",
        WaitlistPosition = 7,
        OfferExpiresAt = Noon,
        GroupId = Group,
        CheckedIn = true,
        CheckInTime = Noon,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        Version = 3,
    };

    public static CapacityDocument Capacity => new()
    {
        ActivityId = Activity,
        Capacity = 100,
        Confirmed = 90,
        Offered = 5,
        Available = 5,
        Waitlisted = 12,
        CheckedIn = 1,
        Version = 42,
    };

    public static Command Command(string name) => new()
    {
        RequestId = Request,
        KeyId = Key,
        Name = name,
        ActivityId = Activity,
        Caller = new Caller { UserId = Person, Name = "Ada", Email = "ada@example.org", IsAdmin = true },
        SubmittedAt = Noon,
        IfMatch = new IfMatch { Version = 3 },
        RsvpUserId = Person,
        TraceParent = TraceParent,
    };

    public static CommandOutcome Outcome => new()
    {
        RequestId = Request,
        Command = CommandNames.SubmitRsvp,
        UserId = Person,
        ActivityId = Activity,
        SubmittedAt = Noon,
        CompletedAt = Noon,
        Created = true,
        Rsvp = Rsvp,
        GroupId = Group,
        Results = [new MemberResult { UserId = Person, RsvpId = Party, Rsvp = Rsvp, Problem = Problem }],
        Problem = Problem,
    };

    public static ProblemDocument Problem => new()
    {
        Code = "already_checked_in",
        Detail = "Twice.",
        Rsvp = Rsvp,
        CheckedInAt = Noon,
        CheckedInBy = Person,
    };
}
