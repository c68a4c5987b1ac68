namespace Rsvp.Api.Analytics;

/// <summary>Keeps small groups of people out of statistics, also when the total is known.</summary>
internal static class Suppression
{
    /// <summary>People in the smallest group that is shown.</summary>
    private const long PeopleMin = 5;

    /// <summary>Shows the groups that may be shown.</summary>
    internal static GroupFigures Of(IEnumerable<GroupFigure> groups)
    {
        var all = groups.OrderByDescending(group => group.People).ThenBy(group => group.Name, StringComparer.Ordinal).ToList();
        var shown = all.TakeWhile(group => group.People >= PeopleMin).Count();
        var others = all.Skip(shown).Sum(group => group.People);

        // Fewer than five people are not hidden by their sum: the smallest group that is shown hides with them.
        while (others is > 0 and < PeopleMin && shown > 0)
        {
            others += all[--shown].People;
        }

        return new GroupFigures { Groups = [.. all.Take(shown)], Others = others is > 0 and < PeopleMin ? null : others };
    }
}
