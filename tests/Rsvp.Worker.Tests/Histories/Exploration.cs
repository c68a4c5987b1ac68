using Xunit.Sdk;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Tries everything in a small world, shortest histories first, on the decision core and on the model; each command is delivered twice.</summary>
/// <param name="beginning">How the activity begins.</param>
/// <param name="model">The model at the beginning.</param>
/// <param name="merges">Whether histories that lead to the same state are followed once from there on.</param>
internal sealed class Exploration(Beginning beginning, NaiveActivity model, bool merges)
{
    private static readonly DateTimeOffset Now = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Telling _telling = new(new History(beginning, [], []), Now);
    private readonly IReadOnlyList<Step> _alphabet = SmallWorld.Alphabet(beginning);
    private readonly Dictionary<string, string> _consequences = [];

    /// <summary>False leaves the rule that nobody overtakes out of the decision core; only the test that proves it does.</summary>
    public bool KeepsNewcomersBehind { get; init; } = true;

    /// <summary>States that were met, but for the users' names and versions.</summary>
    public HashSet<string> States { get; } = [];

    /// <summary>Commands that were decided, each compared with the model.</summary>
    public long Decisions { get; private set; }

    /// <summary>Histories that this stands for.</summary>
    public long Histories { get; private set; }

    /// <summary>Tries all histories of up to some commands.</summary>
    /// <exception cref="XunitException">The worker and the model do not agree; the message tells the shortest history after which they do not.</exception>
    public void Explore(int length)
    {
        var partition = new MemoryPartition(_telling.KnownUsers) { KeepsNewcomersBehind = KeepsNewcomersBehind };
        partition.Apply([_telling.Create], Now);
        List<Node> level = [new Node(model, partition, Before: null, Step: null)];
        States.Add(level[0].Key);
        var histories = 1L;
        for (var commands = 1; commands <= length; commands++)
        {
            var next = new List<Node>();
            foreach (var node in level)
            {
                foreach (var step in _alphabet)
                {
                    var child = Follow(node, step);
                    Decisions++;
                    if (States.Add(child.Key) || !merges)
                    {
                        next.Add(child);
                    }
                }
            }

            Histories += histories *= _alphabet.Count;
            level = next;
        }
    }

    private Node Follow(Node node, Step step)
    {
        var child = new Node(node.Model.Copy(), node.Partition.Copy(), node, step);
        try
        {
            var (told, command, _) = _telling.Next(step)!.Value;
            var answer = child.Model.Answer(command.RequestId.ToString(), key: null, told);
            var outcome = child.Partition.Apply([command], Now)[0];
            Assert.Equal(answer, step.IsOfSystem ? null : _telling.Hear(outcome));
            Agreement.Check(child.Model, child.Partition, _telling);

            var rows = child.Partition.Log.Count;
            var again = child.Partition.Apply([command], Now)[0];
            Assert.Equal((rows, answer), (child.Partition.Log.Count, step.IsOfSystem ? null : _telling.Hear(again)));

            CheckConsequence(node, step, child, answer);
            if (!States.Contains(child.Key))
            {
                Agreement.Replay(child.Partition);
            }
        }
        catch (XunitException disagreement)
        {
            throw new XunitException($"{beginning}, {child}: {disagreement.Message}", disagreement);
        }

        return child;
    }

    /// <summary>What makes merging right: in the same state the same command has the same answer and leads to the same state, however that state came about.</summary>
    private void CheckConsequence(Node node, Step step, Node child, Answer? answer)
    {
        var user = SmallWorld.UserOf(step);
        var what = user is int acts ? step.ToString().Replace($"User = {acts}", SmallWorld.PartOf(node.Model, acts), StringComparison.Ordinal) : step.ToString();
        var shown = answer is { Rsvp: { } rsvp } ? answer with { Rsvp = rsvp with { Version = 0 } } : answer;
        var consequence = $"{shown} {child.Key}";
        if (!_consequences.TryAdd($"{node.Key} {what}", consequence))
        {
            Assert.Equal(_consequences[$"{node.Key} {what}"], consequence);
        }
    }

    private sealed record Node(NaiveActivity Model, MemoryPartition Partition, Node? Before, Step? Step)
    {
        private string? _key;

        /// <summary>The state, as both have it; asked for once nothing happens to it any more.</summary>
        public string Key => _key ??=
            $"{SmallWorld.KeyOf(Model)} {(Partition.Activity!.VacantSince is null ? "" : "vacant")} "
            + string.Join(' ', Partition.Places.Select(place => Partition.Overtaken(place.First().Place!)));

        public override string ToString() => Before is null ? "" : $"{Before}{(Before.Before is null ? "" : "; ")}{Step}";
    }
}
