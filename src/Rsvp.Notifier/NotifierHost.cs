using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Notifier.Access;
using Rsvp.Notifier.Changes;
using Rsvp.Notifier.Hubs;
using Rsvp.Notifier.Notifications;
using Rsvp.Notifier.Sockets;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier;

/// <summary>Puts the notifier together; tests run the same one.</summary>
internal static class NotifierHost
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">Settings of a test, before anything reads them; null for none.</param>
    internal static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);

        builder.AddServiceDefaults();
        builder.AddAccess();
        builder.AddWatching();
        builder.AddChanges();
        builder.AddNotifications();
        builder.AddHub();

        var app = builder.Build();
        app.UseStatusCodePages(context => Problem.WriteAsync(context.HttpContext));
        app.MapServiceDefaults();
        app.UseSockets();
        app.UseRouting();
        app.UseAccess();
        app.MapHub();
        app.MapSockets();
        return app;
    }
}
