using System.Diagnostics;
using MassTransit;
using MassTransit.Saga;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Promotion;

/// <summary>Keeps the saga's instances in PostgreSQL: one transaction per event, the instance locked, its commands in the outbox of the same transaction.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="consumeContexts">Makes the contexts that the saga runs in.</param>
/// <param name="requests">What the event made the saga ask for.</param>
/// <param name="outbox">Publishes it after the commit.</param>
internal sealed class PromotionRepository(
    NpgsqlDataSource dataSource, ISagaConsumeContextFactory<PromotionSession, PromotionState> consumeContexts, PassRequests requests, OutboxDispatcher outbox)
    : ISagaRepositoryContextFactory<PromotionState>
{
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<PromotionState, T>> next)
        where T : class
    {
        using var span = Traces.Continue("promote", TraceParentOf(context.Message), ActivityKind.Consumer);
        span?.SetTag("rsvp.event", typeof(T).Name);
        await using var session = await PromotionSession.BeginAsync(dataSource, context.CancellationToken);
        await next.Send(new PromotionRepositoryContext<T>(session, context, consumeContexts));
        FailPoint.Hit("before_saga_commit");
        await session.CommitAsync(requests, context.CancellationToken);
        FailPoint.Hit("after_saga_commit");
        outbox.Publish(requests.Messages);
    }

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<PromotionState> query, IPipe<SagaRepositoryQueryContext<PromotionState, T>> next)
        where T : class => throw new NotSupportedException("Every event of the saga names its activity.");

    public void Probe(ProbeContext context) => context.Add("persistence", "postgresql");

    private static string? TraceParentOf(object message) => message switch
    {
        VacancyOpened opened => opened.TraceParent,
        PassCompleted completed => completed.TraceParent,
        _ => null,
    };
}
