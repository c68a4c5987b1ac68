namespace Rsvp.Cli.Soak;

/// <summary>What somebody does.</summary>
internal enum SoakAction
{
    Join,
    Update,
    Cancel,
    AcceptOffer,
    DeclineOffer,

    /// <summary>What hosts do.</summary>
    SetCapacity,
}

/// <summary>One thing that somebody does, after a pause.</summary>
/// <param name="Pause">Since the answer to what they did before.</param>
/// <param name="Action">What.</param>
/// <param name="Activity">Which one, counted from 0.</param>
/// <param name="Number">Guests, or the capacity.</param>
/// <param name="SendsAgain">Whether it is sent again although it was answered, as an impatient client does.</param>
internal sealed record SoakStep(TimeSpan Pause, SoakAction Action, int Activity, int Number, bool SendsAgain);

/// <summary>Draws from the seed who does what. What they are answered changes nothing of it.</summary>
internal static class SoakLoad
{
    internal const int PersonCount = 40;

    /// <summary>More than there are partitions, so that some share one.</summary>
    internal const int ActivityCount = 20;

    internal const int CapacityStart = 12;

    private const int CapacityMax = 24;
    private const int GuestsMax = 3;

    // 40 people, each about once a second: two processors are enough for them and for the system.
    private const double PauseSecondsMin = 0.4;
    private const double PauseSecondsMax = 1.4;

    // One step in so many.
    private const int OnFirstActivityOneIn = 4;
    private const int SendsAgainOneIn = 10;

    private static readonly SoakAction[] OfPeople =
    [
        SoakAction.Join, SoakAction.Join, SoakAction.Join, SoakAction.Join, SoakAction.Join, SoakAction.Update, SoakAction.Update, SoakAction.Update,
        SoakAction.Cancel, SoakAction.Cancel, SoakAction.Cancel, SoakAction.AcceptOffer, SoakAction.AcceptOffer, SoakAction.DeclineOffer,
    ];

    /// <summary>Every fourth activity offers its seats and waits for the answer.</summary>
    internal static bool Offers(int activity) => activity % 4 == 3;

    internal static Guid UserId(int seed, int number)
    {
        var bytes = new byte[16];
        RandomOf(seed, number).NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>Without end: what one person does, or the host when the number is −1.</summary>
    internal static IEnumerable<SoakStep> StepsOf(int seed, int person)
    {
        Random random = RandomOf(seed, person);
        while (true)
        {
            TimeSpan pause = TimeSpan.FromSeconds(PauseSecondsMin + (random.NextDouble() * (PauseSecondsMax - PauseSecondsMin)));
            int activity = random.Next(OnFirstActivityOneIn) == 0 ? 0 : random.Next(ActivityCount);
            bool sendsAgain = random.Next(SendsAgainOneIn) == 0;
            yield return person < 0
                ? new SoakStep(pause, SoakAction.SetCapacity, activity, random.Next(CapacityMax + 1), sendsAgain)
                : new SoakStep(pause, OfPeople[random.Next(OfPeople.Length)], activity, random.Next(GuestsMax + 1), sendsAgain);
        }
    }

    private static Random RandomOf(int seed, int number) => new(unchecked((seed * 1_000_003) + number));
}
