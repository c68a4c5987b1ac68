using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;

namespace Rsvp.Worker.Promotion;

/// <summary>Adds the saga.</summary>
internal static class PromotionExtensions
{
    /// <summary>Adds the saga to the bus that consumes.</summary>
    public static void AddPromotion(this IBusRegistrationConfigurator bus) =>
        bus.AddSagaStateMachine<WaitlistPromotion, PromotionState>().Repository(repository =>
            repository.RegisterSagaRepository<
                PromotionState, PromotionSession, SagaConsumeContextFactory<PromotionSession, PromotionState>, PromotionRepository>());

    /// <summary>Adds what the saga needs.</summary>
    public static void AddPromotion(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<PassRequests>();
        builder.Services.AddScoped<AskForNextPass>();
        builder.Services.AddScoped<AskForPassAgain>();
        builder.Services.AddScoped<ForgetPass>();
        builder.Services.AddHostedService<PromotionHost>();
    }
}
