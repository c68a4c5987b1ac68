using MassTransit;
using Rsvp.Contracts;

namespace Rsvp.Worker.Promotion;

/// <summary>Sees to it that free seats find the next in line: one instance per activity, at most one pass under way.</summary>
/// <remarks>
/// <code>
/// state      event                                    does                              then
/// Initial    VacancyOpened                            ask for a pass                    Passing
/// Idle       VacancyOpened                            ask for a pass                    Passing
/// Idle       PassCompleted, PassOverdue               nothing: late or repeated         Idle
/// Passing    VacancyOpened                            remember the highest version      Passing
/// Passing    PassCompleted, not the newest pass       nothing: late or repeated         Passing
/// Passing    PassCompleted, more left or more opened  ask for the next pass             Passing
/// Passing    PassCompleted, all served                nothing                           Idle
/// Passing    PassOverdue                              ask for the same pass again       Passing
/// Initial    PassCompleted, PassOverdue               discarded: nobody asked
/// </code>
/// The decision itself is taken in the partition, like every other write. A pass that runs twice finds nothing the second time.
/// </remarks>
public sealed class WaitlistPromotion : MassTransitStateMachine<PromotionState>
{
    /// <summary>Builds the table.</summary>
    public WaitlistPromotion()
    {
        InstanceState(instance => instance.CurrentState);
        Event(() => Opened, e => e.CorrelateById(context => context.Message.ActivityId));
        Event(() => Completed, e =>
        {
            e.CorrelateById(context => context.Message.ActivityId);
            e.OnMissingInstance(missing => missing.Discard());
        });
        Event(() => Overdue, e =>
        {
            e.CorrelateById(context => context.Message.ActivityId);
            e.OnMissingInstance(missing => missing.Discard());
        });

        Initially(
            When(Opened).Then(Remember).Activity(AskForNextPass).TransitionTo(Passing));

        During(
            Idle,
            When(Opened).Then(Remember).Activity(AskForNextPass).TransitionTo(Passing),
            Ignore(Completed),
            Ignore(Overdue));

        During(
            Passing,
            When(Opened).Then(Remember),
            When(Completed, context => IsAwaited(context) && IsMoreToDo(context)).Activity(AskForNextPass),
            When(Completed, context => IsAwaited(context) && !IsMoreToDo(context)).Activity(ForgetAnswer).TransitionTo(Idle),
            When(Overdue).Activity(AskAgain));
    }

    /// <summary>Every announced vacancy was served.</summary>
    public State Idle { get; private set; } = null!;

    /// <summary>A pass was asked for and has not been answered.</summary>
    public State Passing { get; private set; } = null!;

    /// <summary>Seats are free for the line.</summary>
    public Event<VacancyOpened> Opened { get; private set; } = null!;

    /// <summary>A pass was committed.</summary>
    public Event<PassCompleted> Completed { get; private set; } = null!;

    /// <summary>A pass was not answered in time.</summary>
    public Event<PassOverdue> Overdue { get; private set; } = null!;

    private static void Remember(BehaviorContext<PromotionState, VacancyOpened> context) =>
        context.Saga.VacancyVersion = Math.Max(context.Saga.VacancyVersion, context.Message.Version);

    private static bool IsAwaited(BehaviorContext<PromotionState, PassCompleted> context) =>
        context.Message.PassNumber == context.Saga.PassNumber;

    private static bool IsMoreToDo(BehaviorContext<PromotionState, PassCompleted> context) =>
        context.Message.MoreLeft || context.Saga.VacancyVersion > context.Message.Version;

    private static EventActivityBinder<PromotionState, T> AskForNextPass<T>(IStateMachineActivitySelector<PromotionState, T> activity)
        where T : class => activity.OfInstanceType<AskForNextPass>();

    private static EventActivityBinder<PromotionState, T> AskAgain<T>(IStateMachineActivitySelector<PromotionState, T> activity)
        where T : class => activity.OfInstanceType<AskForPassAgain>();

    private static EventActivityBinder<PromotionState, T> ForgetAnswer<T>(IStateMachineActivitySelector<PromotionState, T> activity)
        where T : class => activity.OfInstanceType<ForgetPass>();
}
