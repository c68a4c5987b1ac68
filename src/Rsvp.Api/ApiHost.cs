using Rsvp.Api.Activities;
using Rsvp.Api.Analytics;
using Rsvp.Api.Calendars;
using Rsvp.Api.CheckIns;
using Rsvp.Api.Development;
using Rsvp.Api.Documentation;
using Rsvp.Api.Edge;
using Rsvp.Api.Groups;
using Rsvp.Api.Hosts;
using Rsvp.Api.Limits;
using Rsvp.Api.LivePage;
using Rsvp.Api.Notifications;
using Rsvp.Api.Offers;
using Rsvp.Api.Origin;
using Rsvp.Api.Reads;
using Rsvp.Api.Requests;
using Rsvp.Api.Rsvps;
using Rsvp.Api.Submitting;
using Rsvp.Api.Users;
using Rsvp.Api.Views;
using Rsvp.Api.Waitlist;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.ServiceDefaults;

namespace Rsvp.Api;

/// <summary>Puts the API together; tests run the same one.</summary>
internal static class ApiHost
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">Settings of a test, before anything reads them; null for none.</param>
    internal static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);

        builder.AddServiceDefaults();
        builder.AddEdge();
        builder.AddSharedPort();
        builder.AddTokenAuth();
        builder.AddRateLimits();
        builder.AddReads();
        builder.AddSubmitting();
        builder.AddRequests();
        builder.AddViews();
        builder.AddActivities();
        builder.AddRsvps();
        builder.AddWaitlist();
        builder.AddAnalytics();
        builder.AddUsers();
        builder.AddNotifications();
        builder.AddCalendars();
        builder.AddOrigin();
        builder.AddDocumentation();
        builder.AddPage();
        builder.AddDevelopment();

        var app = builder.Build();
        app.UseEdge();
        app.MapServiceDefaults();
        app.UseRouting();
        app.UseNotFound();
        app.UseContentPolicies();
        app.UseAuthentication();
        app.UseRateLimits();
        app.UseAuthorization();
        app.MapActivityCommands();
        app.MapActivityReads();
        app.MapRsvpCommands();
        app.MapRsvpReads();
        app.MapGroups();
        app.MapOffers();
        app.MapHosts();
        app.MapCheckIns();
        app.MapHostedRsvps();
        app.MapParticipants();
        app.MapActivityHistory();
        app.MapAnalytics();
        app.MapWaitlist();
        app.MapWaitlistCommands();
        app.MapUsers();
        app.MapNotifications();
        app.MapCalendars();
        app.MapRequests();
        app.MapOrigin();
        app.MapDocumentation();
        app.MapPage();
        app.MapDevelopment();
        return app;
    }
}
