using MassTransit;

namespace Rsvp.Worker.Promotion;

/// <summary>Asks for the next pass.</summary>
internal sealed class AskForNextPass(PassRequests requests) : PassActivity
{
    protected override void Run(PromotionState saga) => requests.Ask(saga.CorrelationId, ++saga.PassNumber);
}

/// <summary>Asks for the newest pass once more.</summary>
internal sealed class AskForPassAgain(PassRequests requests) : PassActivity
{
    protected override void Run(PromotionState saga) => requests.Ask(saga.CorrelationId, saga.PassNumber);
}

/// <summary>No answer is awaited any more.</summary>
internal sealed class ForgetPass(PassRequests requests) : PassActivity
{
    protected override void Run(PromotionState saga) => requests.Forget();
}

/// <summary>What the three have in common: they only note what the saga's transaction is to contain.</summary>
internal abstract class PassActivity : IStateMachineActivity<PromotionState>
{
    public void Probe(ProbeContext context) => context.CreateScope(GetType().Name);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public Task Execute(BehaviorContext<PromotionState> context, IBehavior<PromotionState> next)
    {
        Run(context.Saga);
        return next.Execute(context);
    }

    public Task Execute<T>(BehaviorContext<PromotionState, T> context, IBehavior<PromotionState, T> next)
        where T : class
    {
        Run(context.Saga);
        return next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<PromotionState, TException> context, IBehavior<PromotionState> next)
        where TException : Exception => next.Faulted(context);

    public Task Faulted<T, TException>(BehaviorExceptionContext<PromotionState, T, TException> context, IBehavior<PromotionState, T> next)
        where T : class
        where TException : Exception => next.Faulted(context);

    protected abstract void Run(PromotionState saga);
}
