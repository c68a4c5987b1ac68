using MassTransit;

namespace Rsvp.Worker.Promotion;

/// <summary>How far the promotion of one activity's line is.</summary>
public sealed class PromotionState : SagaStateMachineInstance
{
    /// <summary>The activity.</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>Name of the state.</summary>
    public string CurrentState { get; set; } = "Initial";

    /// <summary>The highest activity version at which a vacancy was announced; 0 before the first.</summary>
    public long VacancyVersion { get; set; }

    /// <summary>Number of the newest pass asked for; 0 before the first.</summary>
    public long PassNumber { get; set; }
}
