using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace Rsvp.Worker.Promotion;

/// <summary>What the library asks of a repository while it handles one message.</summary>
internal sealed class PromotionRepositoryContext<T>(
    PromotionSession session, ConsumeContext<T> context, ISagaConsumeContextFactory<PromotionSession, PromotionState> consumeContexts)
    : ConsumeContextScope<T>(context, session), SagaRepositoryContext<PromotionState, T>
    where T : class
{
    public Task<SagaConsumeContext<PromotionState, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, PromotionState instance, SagaConsumeContextMode mode)
        where TMessage : class => consumeContexts.CreateSagaConsumeContext(session, consumeContext, instance, mode);

    public Task<SagaConsumeContext<PromotionState, T>> Add(PromotionState instance) =>
        CreateSagaConsumeContext(this, instance, SagaConsumeContextMode.Add);

    public Task<SagaConsumeContext<PromotionState, T>> Insert(PromotionState instance) =>
        CreateSagaConsumeContext(this, instance, SagaConsumeContextMode.Add);

    public async Task<SagaConsumeContext<PromotionState, T>> Load(Guid correlationId)
    {
        var saga = await session.LoadAsync(correlationId, CancellationToken);
        return saga is null ? null! : await CreateSagaConsumeContext(this, saga, SagaConsumeContextMode.Load);
    }

    public Task Save(SagaConsumeContext<PromotionState> context) => Keep(context, isNew: true);

    public Task Update(SagaConsumeContext<PromotionState> context) => Keep(context, isNew: false);

    public Task Delete(SagaConsumeContext<PromotionState> context) => throw new NotSupportedException("The saga rests in Idle; it does not end.");

    public Task Discard(SagaConsumeContext<PromotionState> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<PromotionState> context) => Task.CompletedTask;

    private Task Keep(SagaConsumeContext<PromotionState> context, bool isNew)
    {
        session.Keep(context.Saga, isNew);
        return Task.CompletedTask;
    }
}
