namespace Rsvp.Api.Users;

/// <summary>Adds what the routes about people need.</summary>
internal static class UsersExtensions
{
    internal static void AddUsers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Profiles>();
        builder.Services.AddSingleton<MyRsvpReads>();
    }

    internal static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapProfiles();
        routes.MapMyRsvps();
        routes.MapMyActivities();
    }
}
