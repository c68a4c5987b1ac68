using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Cli.Tests.Scaling;

public sealed class PartitionQueuesTests
{
    [Fact]
    public void A_batch_is_split_by_the_new_partitions_of_its_activities_and_keeps_their_order()
    {
        var to = new PartitionTopology(Version: 2, Count: 7);
        Guid[] activities = [.. Enumerable.Range(0, 20).Select(_ => Guid.NewGuid())];
        var sent = Enumerable.Range(0, 100).Select(number => (Activity: activities[number % activities.Length], Number: number)).ToList();
        var body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            messageId = Guid.NewGuid(),
            message = new { batchId = Guid.NewGuid(), partition = 3, replyTo = "api", commands = sent.Select(one => new { activityId = one.Activity, name = one.Number }) },
        }));

        var parts = PartitionQueues.Split(body, to).Select(part => (part.RoutingKey, Message: JsonNode.Parse(part.Body)!["message"]!)).ToList();

        var received = parts
            .SelectMany(part => part.Message["commands"]!.AsArray().Select(command => (part.RoutingKey, Activity: command!["activityId"]!.GetValue<Guid>(), Number: command["name"]!.GetValue<int>())))
            .ToList();
        Assert.All(received, one => Assert.Equal(Topology.PartitionKey(2, Partitioner.PartitionOf(one.Activity, 7)), one.RoutingKey));
        Assert.Equal(parts.Count, parts.Select(part => part.RoutingKey).Distinct().Count());
        Assert.All(parts, part => Assert.Equal("api", part.Message["replyTo"]!.GetValue<string>()));
        foreach (var activity in activities)
        {
            Assert.Equal(sent.Where(one => one.Activity == activity).Select(one => one.Number), received.Where(one => one.Activity == activity).Select(one => one.Number));
        }
    }
}
