using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rsvp.Cli.Servers;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Clusters;

/// <summary>The loss of a node of the broker, and of the database's first server, in the middle of a rush.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Long")]
public sealed class ClusterTests(ClusterFixture cluster, ITestOutputHelper output)
{
    // Whoever waits longer has left.
    private static readonly TimeSpan RecoveryAtMost = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_broker_node_that_leads_the_rushed_queue_is_killed_and_the_other_two_go_on_without_losing_anything()
    {
        await using var rush = await ClusterRush.BeginAsync(cluster);
        var queue = Topology.PartitionQueue(1, Partitioner.PartitionOf(rush.ActivityId, 16));
        var before = await QueueAsync(cluster.Nodes[0], queue);
        Assert.Equal(3, before.GetProperty("members").GetArrayLength());
        var leader = before.GetProperty("leader").GetString();
        var victim = cluster.Nodes.Single(node => node.NodeName == leader);

        await KillAsync(victim.Pid!.Value);
        var recovery = await rush.ProbeAsync();
        await rush.GoesOnAsync();
        var survivor = cluster.Nodes.First(node => node != victim);
        Assert.NotEqual(leader, (await QueueAsync(survivor, queue)).GetProperty("leader").GetString());
        await victim.StartAsync(CancellationToken.None);
        await victim.WaitUntilReadyAsync(CancellationToken.None);
        await Eventually.HoldsAsync(async () => (await QueueAsync(survivor, queue)).GetProperty("online").GetArrayLength() == 3, "the queue has three replicas again", RecoveryAtMost);
        await rush.GoesOnAsync();

        var figures = await rush.EndsCleanAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"node {leader} killed: answered again after {recovery.TotalSeconds:0.0} s; {figures}"));
        Assert.True(recovery < RecoveryAtMost, $"It took {recovery}.");
    }

    [Fact]
    public async Task The_first_database_server_is_killed_and_the_second_promoted_and_nothing_that_was_accepted_is_lost()
    {
        await using var rush = await ClusterRush.BeginAsync(cluster);
        await cluster.IsSynchronousAsync();

        var clock = Stopwatch.StartNew();
        await cluster.Instance.KillAsync(PostgresServer.Name, CancellationToken.None);
        var probe = rush.ProbeAsync();
        Assert.Equal(true, await ClusterFixture.AskAsync(cluster.Standby.SuperuserKeywords, "SELECT pg_promote()")); // The operator's act.
        var promoted = clock.Elapsed;
        var recovery = await probe;
        await rush.GoesOnAsync();

        var figures = await rush.EndsCleanAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"first server killed, second promoted after {promoted.TotalSeconds:0.0} s: answered again after {recovery.TotalSeconds:0.0} s; {figures}"));
        Assert.True(recovery < RecoveryAtMost, $"It took {recovery}.");
    }

    private static async Task<JsonElement> QueueAsync(LocalRabbit node, string name)
    {
        using var client = new HttpClient { BaseAddress = node.Address.Management };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{node.Address.Admin}:{node.Address.Password}")));
        return await client.GetFromJsonAsync<JsonElement>(new Uri($"/api/queues/%2F/{name}", UriKind.Relative));
    }

    private static async Task KillAsync(int process)
    {
        using var victim = Process.GetProcessById(process);
        victim.Kill();
        await victim.WaitForExitAsync();
    }
}
