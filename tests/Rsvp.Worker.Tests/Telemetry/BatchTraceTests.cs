using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Telemetry;

public sealed class BatchTraceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task A_traced_command_finds_its_decision_in_its_own_trace_and_the_batch_beside_it()
    {
        using var log = new SpanLog();
        var activity = await _world.OpenAsync(capacity: 1);
        Command[] commands =
        [
            World.Submit(activity, Guid.NewGuid()),
            World.Submit(activity, Guid.NewGuid()) with { TraceParent = log.NewTraceParent() },
            World.Submit(Guid.NewGuid(), Guid.NewGuid()) with { TraceParent = log.NewTraceParent() },
        ];

        await ApplyAsync(commands);

        Assert.Equal([("apply", "ok"), ("apply", "activity_not_found")], log.Own.Select(span => (span.DisplayName, (string?)span.GetTagItem("rsvp.code"))));
        Assert.Equal(commands[1..].Select(command => command.TraceParent), log.Own.Select(span => span.ParentId));
        var batch = Assert.Single(log.Linked, span => span.DisplayName == "apply batch");
        Assert.Equal(3, batch.GetTagItem("messaging.batch.message_count"));
        Assert.Equal(commands[1..].Select(command => command.TraceParent![36..52]), batch.Links.Select(link => link.Context.SpanId.ToHexString()));
        Assert.All(log.Own, span => Assert.Equal(batch.SpanId, Assert.Single(span.Links).Context.SpanId));
        Assert.Equal(["load", "decide", "commit"], log.Linked.Where(span => span.ParentSpanId == batch.SpanId).Select(span => span.DisplayName));
    }

    [Fact]
    public async Task What_a_traced_command_brings_about_goes_on_in_its_trace()
    {
        using var log = new SpanLog();
        var (activity, other) = (await _world.OpenAsync(capacity: 1), await _world.OpenAsync(capacity: 1));
        Guid[] users = [Guid.NewGuid(), Guid.NewGuid()];
        await _world.ApplyAsync([.. users.Select(user => World.Submit(activity, user))]);

        var freed = await ApplyAsync([World.Cancel(activity, users[0]) with { TraceParent = log.NewTraceParent() }, World.Submit(other, users[1])]);
        var pass = await ApplyAsync([World.PassOver(activity) with { TraceParent = log.NewTraceParent() }]);

        var (cancelled, passed) = (log.Own[0].Id, log.Own[1].Id);
        var changes = freed.Outbox.Select(message => message.Message).OfType<ActivityChanged>().ToList();
        Assert.Equal([(activity, cancelled), (other, null)], changes.Select(change => (change.ActivityId, change.TraceParent)).OrderBy(change => change.ActivityId == other));
        Assert.Equal(cancelled, freed.Outbox.Select(message => message.Message).OfType<VacancyOpened>().Single().TraceParent);
        Assert.Equal(passed, pass.Outbox.Select(message => message.Message).OfType<PassCompleted>().Single().TraceParent);
        Assert.Equal(passed, pass.Outbox.Select(message => message.Message).OfType<ActivityChanged>().Single().TraceParent);

        // A crash before publishing leaves only the row: it must say the same.
        Assert.Equal(
            cancelled,
            await database.ScalarAsync<string>("SELECT payload ->> 'traceParent' FROM outbox WHERE kind = 'VacancyOpened' AND payload ->> 'activityId' = $1", activity.ToString()));
    }

    [Fact]
    public async Task A_batch_without_a_traced_command_has_no_span_and_marks_nothing()
    {
        using var log = new SpanLog();
        var activity = await _world.OpenAsync(capacity: 1);
        Command[] commands = [World.Submit(activity, Guid.NewGuid())];

        Assert.Null(BatchTrace.Begin(Batch(commands)));
        var applied = await ApplyAsync(commands);

        Assert.Null(applied.Outbox.Select(message => message.Message).OfType<ActivityChanged>().Single().TraceParent);
        Assert.Empty(log.Own);
        Assert.Empty(log.Linked);
    }

    [Fact]
    public async Task A_command_that_is_given_up_says_so_in_a_line_with_the_id_of_its_trace()
    {
        using var log = new SpanLog();
        var lines = new TraceIdLog<BatchApplier>();
        var activity = await _world.OpenAsync(capacity: null, settings => settings with { MaxPartySize = 100 });
        var broken = World.Submit(activity, Guid.NewGuid(), partySize: -5) with { TraceParent = log.NewTraceParent() };

        await _world.Applier(logger: lines).ApplyAsync([broken], 0, default);

        Assert.Equal(log.TraceId, lines.TraceIdOf(BatchApplier.GivenUpEventId));
    }

    private async Task<AppliedBatch> ApplyAsync(Command[] commands)
    {
        using var trace = BatchTrace.Begin(Batch(commands));
        return await _world.Applier().ApplyAsync(commands, 0, default);
    }

    private static CommandBatch Batch(Command[] commands) => new() { BatchId = Guid.NewGuid(), Partition = 0, Commands = commands };
}
