using System.Reflection;
using MassTransit;
using Rsvp.Api.Submitting;
using Rsvp.Contracts;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace Rsvp.Api.Tests.Submitting;

/// <summary>What is said of a message when its copies end in different ways, which a real broker does too seldom.</summary>
public sealed class ConfirmedSenderTests
{
    private static readonly Uri Exchange = new("exchange:commands");

    [Fact]
    public async Task A_refusal_of_the_only_copy_is_the_answer() =>
        Assert.Equal(Acceptance.Overloaded, await SendAsync(Refused()));

    [Fact]
    public async Task A_copy_that_was_interrupted_may_be_there_so_the_refusal_of_the_next_says_nothing() =>
        Assert.Equal(Acceptance.Unknown, await SendAsync(Interrupted(), Refused()));

    [Fact]
    public async Task A_confirm_after_an_interruption_counts() =>
        Assert.Equal(Acceptance.Accepted, await SendAsync(Interrupted(), Task.CompletedTask));

    private static Task Refused() => Task.FromException(new InvalidOperationException("nacked", new PublishException(1, isReturn: false)));

    private static Task Interrupted() => Task.FromException(new InvalidOperationException("the connection ended"));

    private static Task<Acceptance> SendAsync(params Task[] sends)
    {
        var left = new Queue<Task>(sends);
        var endpoint = Fake.Of<ISendEndpoint>(_ => left.Dequeue());
        var bus = Fake.Of<IBus>(_ => Task.FromResult(endpoint));
        var batch = new CommandBatch { BatchId = Guid.NewGuid(), Partition = 0, Commands = [] };
        return new ConfirmedSender(bus, TimeProvider.System).SendAsync(Exchange, "p", batch, TimeSpan.FromMinutes(1), default);
    }
}

/// <summary>An interface whose every method answers by one function.</summary>
public class Fake : DispatchProxy
{
    private Func<MethodInfo, object?> _answer = null!;

    internal static T Of<T>(Func<MethodInfo, object?> answer)
        where T : class
    {
        var fake = Create<T, Fake>();
        ((Fake)(object)fake)._answer = answer;
        return fake;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!);
}
