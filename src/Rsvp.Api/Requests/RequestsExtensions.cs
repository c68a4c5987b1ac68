namespace Rsvp.Api.Requests;

/// <summary>Adds what takes requests in and knows how they are doing.</summary>
internal static class RequestsExtensions
{
    internal static void AddRequests(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RequestIdOptions>().BindConfiguration("RequestIds").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RequestIds>();
        builder.Services.AddSingleton<OutcomeWaiters>();
        builder.Services.AddSingleton<OutcomeLookup>();
        builder.Services.AddSingleton<CommandIntake>();
    }
}
