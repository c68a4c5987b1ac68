namespace Rsvp.Api.Rsvps;

/// <summary>Adds what the routes of RSVPs need.</summary>
internal static class RsvpsExtensions
{
    internal static void AddRsvps(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RsvpReads>();
        builder.Services.AddSingleton<RsvpAccess>();
        builder.Services.AddSingleton<RsvpHistory>();
        builder.Services.AddSingleton<HostedRsvpReads>();
        builder.Services.AddSingleton<ParticipantReads>();
        builder.Services.AddSingleton<ActivityHistory>();
    }
}
