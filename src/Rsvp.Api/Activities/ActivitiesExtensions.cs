namespace Rsvp.Api.Activities;

/// <summary>Adds what the routes of activities need.</summary>
internal static class ActivitiesExtensions
{
    internal static void AddActivities(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ActivityReads>();
        builder.Services.AddSingleton<HostGate>();
    }
}
