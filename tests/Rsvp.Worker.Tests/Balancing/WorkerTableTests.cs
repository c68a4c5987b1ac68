using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Tests.Balancing;

public sealed class WorkerTableTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan DeadAfter = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Workers_see_each_other_where_they_stand_and_who_is_active()
    {
        var (one, other) = (NewWorker(), NewWorker());
        await one.Table.BeatAsync([Standing(3, subscribedFor: 10, activeFor: 5)], DeadAfter, default);

        var roster = await other.Table.BeatAsync([Standing(3, subscribedFor: 8)], DeadAfter, default);

        var (first, second) = (roster.Find(one.Id)!, roster.Find(other.Id)!);
        Assert.True(first.Partitions[3].SubscribedAt < second.Partitions[3].SubscribedAt);
        Assert.Equal(one.Id, roster.Owners()[3].Worker);
        Assert.Null(second.Partitions[3].ActiveSince);
    }

    [Fact]
    public async Task The_times_of_a_subscription_are_kept_until_there_is_a_new_one()
    {
        var worker = NewWorker();
        var before = (await worker.Table.BeatAsync([Standing(0, subscribedFor: 10, activeFor: 10)], DeadAfter, default)).Find(worker.Id)!.Partitions[0];

        var kept = (await worker.Table.BeatAsync([Standing(0, subscribedFor: 1, activeFor: 1)], DeadAfter, default)).Find(worker.Id)!.Partitions[0];
        var renewed = (await worker.Table.BeatAsync([Standing(0, subscribedFor: 1, subscription: 2)], DeadAfter, default)).Find(worker.Id)!.Partitions[0];
        var left = (await worker.Table.BeatAsync([], DeadAfter, default)).Find(worker.Id)!;

        Assert.Equal(before, kept);
        Assert.True(renewed.SubscribedAt > before.SubscribedAt);
        Assert.Null(renewed.ActiveSince);
        Assert.Empty(left.Partitions);
    }

    [Fact]
    public async Task A_worker_that_is_silent_or_has_left_does_not_count()
    {
        var (silent, leaving, reader) = (NewWorker(), NewWorker(), NewWorker());
        await silent.Table.BeatAsync([Standing(1, subscribedFor: 10, activeFor: 5)], DeadAfter, default);
        await leaving.Table.BeatAsync([Standing(2, subscribedFor: 10, activeFor: 5)], DeadAfter, default);

        await database.ExecuteAsync("UPDATE workers SET last_seen = last_seen - interval '61 seconds' WHERE worker_id = $1", silent.Id);
        await leaving.Table.LeaveAsync(default);
        var roster = await reader.Table.BeatAsync([], DeadAfter, default);

        Assert.Null(roster.Find(silent.Id));
        Assert.Null(roster.Find(leaving.Id));
        Assert.NotNull(roster.Find(reader.Id));

        // It was only slow.
        Assert.NotNull((await silent.Table.BeatAsync([], DeadAfter, default)).Find(silent.Id));
    }

    [Fact]
    public async Task How_long_commands_waited_stands_there_until_there_is_news()
    {
        var worker = NewWorker();

        await worker.Table.BeatAsync([Standing(0, subscribedFor: 1, decided: (TimeSpan.FromSeconds(2), TimeSpan.Zero))], DeadAfter, default);
        await worker.Table.BeatAsync([Standing(0, subscribedFor: 2)], DeadAfter, default);

        Assert.Equal(TimeSpan.FromSeconds(2), await database.ScalarAsync<TimeSpan>("SELECT lag FROM worker_partitions WHERE worker_id = $1", worker.Id));
    }

    private static OwnStanding Standing(
        int partition, double subscribedFor, double? activeFor = null, int subscription = 1, (TimeSpan Lag, TimeSpan Ago)? decided = null) => new(
        partition, subscription, TimeSpan.FromSeconds(subscribedFor), activeFor is { } active ? TimeSpan.FromSeconds(active) : null, decided);

    private (WorkerTable Table, Guid Id) NewWorker()
    {
        var worker = new WorkerInstance(new ConfigurationBuilder().Build(), TimeProvider.System);
        return (new WorkerTable(database.DataSource, worker, Options.Create(new PartitionTopologyOptions())), worker.Id);
    }
}
