namespace Rsvp.Worker.Tests.Histories;

/// <summary>A world so small that everything that can happen in it can be tried: three users, parties of one or two, one or two seats.</summary>
internal static class SmallWorld
{
    private const int Users = 3;

    private static readonly int[] Sizes = [1, 2];

    /// <summary>One or two seats, confirmed at once or offered, and who is passed over once stops the line. Offers are over as soon as somebody looks.</summary>
    public static IReadOnlyList<Beginning> Beginnings { get; } =
    [
        .. from capacity in Sizes from offers in new[] { false, true } select new Beginning(capacity, SkipLimit: 1, offers, OfferHours: 0),
    ];

    /// <summary>All that can happen: every user asks, changes, leaves and answers; the host changes the capacity; the system promotes and ends offers.</summary>
    public static IReadOnlyList<Step> Alphabet(Beginning beginning) =>
    [
        .. Enumerable.Range(0, Users).SelectMany(user => StepsOf(user, beginning.Offers)),
        .. Sizes.Select(capacity => new Step.Change(ByHost: true, Setting.Capacity, capacity)),
        new Step.Pass(),
        .. beginning.Offers ? [new Step.Expire()] : Array.Empty<Step>(),
    ];

    /// <summary>Who acts; null for the host and the system.</summary>
    public static int? UserOf(Step step) => step switch
    {
        Step.Submit submit => submit.User,
        Step.Update update => update.User,
        Step.Cancel cancel => cancel.User,
        Step.Accept accept => accept.User,
        Step.Decline decline => decline.User,
        _ => null,
    };

    /// <summary>What a user is to the rules, whoever it is: two with the same are exchangeable.</summary>
    /// <remarks>Versions are left out: without <c>If-Match</c> nothing depends on them.</remarks>
    public static string PartOf(NaiveActivity model, int user)
    {
        if (!model.Parties.TryGetValue(user, out var party))
        {
            return "-";
        }

        var at = model.Line.FindIndex(place => place.Parties.Contains(party));
        return $"{party.Status} {party.Size} {(party.OfferExpired ? "expired" : "")} {at} {(at < 0 ? 0 : model.Line[at].Overtaken)}";
    }

    /// <summary>The state but for the users' names: from equal ones everything goes on equally.</summary>
    public static string KeyOf(NaiveActivity model) =>
        $"{model.Capacity}: {string.Join(", ", Enumerable.Range(0, Users).Select(user => PartOf(model, user)).Order(StringComparer.Ordinal))}";

    /// <summary>Every history of up to some commands but for the users' names, each as the longest that contains it. A command that changes nothing is only tried as the last.</summary>
    public static IEnumerable<IReadOnlyList<Step>> Histories(Beginning beginning, int length)
    {
        var alphabet = Alphabet(beginning);
        return Longer([], new NaiveActivity(beginning), usersSeen: 0);

        IEnumerable<IReadOnlyList<Step>> Longer(IReadOnlyList<Step> steps, NaiveActivity model, int usersSeen)
        {
            foreach (var step in alphabet.Where(step => UserOf(step) is not int user || user <= usersSeen))
            {
                var next = model.Copy();
                next.Answer(Guid.NewGuid().ToString(), key: null, step);
                IReadOnlyList<Step> longer = [.. steps, step];
                if (longer.Count == length || KeyOf(next) == KeyOf(model))
                {
                    yield return longer;
                    continue;
                }

                foreach (var history in Longer(longer, next, UserOf(step) == usersSeen ? usersSeen + 1 : usersSeen))
                {
                    yield return history;
                }
            }
        }
    }

    private static IEnumerable<Step> StepsOf(int user, bool offers) =>
    [
        .. Sizes.Select(size => (Step)new Step.Submit(user, size, RejectIfFull: false, Key: null)),
        .. Sizes.Select(size => (Step)new Step.Update(user, size, Text: null, Match.None)),
        new Step.Cancel(user, Match.None),
        .. offers ? [new Step.Accept(user), new Step.Decline(user)] : Array.Empty<Step>(),
    ];
}
