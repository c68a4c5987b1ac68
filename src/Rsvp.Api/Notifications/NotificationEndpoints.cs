using Rsvp.Api.Bodies;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Api.Notifications;

/// <summary>What users want to hear of, and their webhooks. Plain writes, not commands: no seat depends on them.</summary>
internal static class NotificationEndpoints
{
    private static readonly string[] OfBodies = [ProblemCodes.InvalidRequest, ProblemCodes.BodyTooLarge, ProblemCodes.UnsupportedMediaType];

    internal static void AddNotifications(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks");
        builder.Services.AddSingleton<PreferenceStore>();
        builder.Services.AddSingleton<WebhookStore>();
    }

    internal static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/users/me").WithTags("Notifications");
        group.MapGet("/notifications", GetPreferencesAsync).WithSummary("What I want to hear of").Answers<PreferencesDocument>();
        group.MapPut("/notifications", PutPreferencesAsync).WithSummary("Change what I want to hear of; absent keeps").Answers<PreferencesDocument>(OfBodies);
        group.MapGet("/webhooks", ListAsync).WithSummary("My webhooks").Answers<Page<WebhookDocument>>();
        group.MapPost("/webhooks", CreateAsync)
            .WithSummary("Register a webhook; only this answer has its secret")
            .Produces<WebhookDocument>(StatusCodes.Status201Created)
            .WithMetadata(new RefusalMetadata([ProblemCodes.TooManyWebhooks, .. OfBodies]));
        group.MapDelete("/webhooks/{webhookId:guid}", DeleteAsync)
            .WithSummary("Forget a webhook and its deliveries")
            .Produces(StatusCodes.Status204NoContent)
            .WithMetadata(new RefusalMetadata([ProblemCodes.WebhookNotFound]));
        group.MapPost("/webhooks/{webhookId:guid}/enable", EnableAsync)
            .WithSummary("Take a disabled webhook back into use")
            .Answers<WebhookDocument>(ProblemCodes.WebhookNotFound);
        group.MapGet("/webhooks/{webhookId:guid}/deliveries", ListDeliveriesAsync)
            .WithSummary("What was sent to a webhook and with what success, newest first")
            .Answers<Page<DeliveryDocument>>(ProblemCodes.WebhookNotFound);
    }

    private static async Task<IResult> GetPreferencesAsync(HttpContext http, PreferenceStore preferences, CancellationToken cancellationToken) =>
        Answer(await preferences.ReadAsync(http.User.UserId(), cancellationToken));

    private static async Task<IResult> PutPreferencesAsync(
        BodyRequest<PreferencesBody> request, HttpContext http, PreferenceStore preferences, CancellationToken cancellationToken) =>
        Answer(await preferences.ChangeAsync(http.User.ToCaller(), request.Body, cancellationToken));

    private static async Task<IResult> ListAsync(HttpContext http, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.ListAsync(http.User.UserId(), cancellationToken) is { } all
            ? new DocumentResult<Page<WebhookDocument>>(new Page<WebhookDocument>(all, NextCursor: null), ApiJson.Default.PageWebhookDocument)
            : new ProblemResult(ProblemCodes.UserDeleted);

    private static async Task<IResult> CreateAsync(
        BodyRequest<WebhookBody> request, HttpContext http, WebhookStore webhooks, CancellationToken cancellationToken)
    {
        var (outcome, webhook) = await webhooks.CreateAsync(http.User.ToCaller(), request.Body.Url, cancellationToken);
        return outcome switch
        {
            WebhookOutcome.Done => new DocumentResult<WebhookDocument>(webhook!, ApiJson.Default.WebhookDocument) { Status = StatusCodes.Status201Created },
            WebhookOutcome.TooMany => new ProblemResult(ProblemCodes.TooManyWebhooks),
            _ => new ProblemResult(ProblemCodes.UserDeleted),
        };
    }

    private static async Task<IResult> DeleteAsync(Guid webhookId, HttpContext http, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.DeleteAsync(http.User.UserId(), webhookId, cancellationToken)
            ? TypedResults.NoContent()
            : new ProblemResult(ProblemCodes.WebhookNotFound);

    private static async Task<IResult> EnableAsync(Guid webhookId, HttpContext http, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.EnableAsync(http.User.UserId(), webhookId, cancellationToken) is { } webhook
            ? new DocumentResult<WebhookDocument>(webhook, ApiJson.Default.WebhookDocument)
            : new ProblemResult(ProblemCodes.WebhookNotFound);

    private static async Task<IResult> ListDeliveriesAsync(
        Guid webhookId, PageRequest page, HttpContext http, WebhookStore webhooks, CancellationToken cancellationToken)
    {
        Cursor? after = page.Cursor is null ? null : Cursor.Read(page.Cursor);
        return await webhooks.ListDeliveriesAsync(http.User.UserId(), webhookId, after, page.Limit, cancellationToken) is { } rows
            ? new DocumentResult<Page<DeliveryDocument>>(
                Page.Of(rows, page.Limit, last => Cursor.After(last.CreatedAt, last.NotificationId)), ApiJson.Default.PageDeliveryDocument)
            : new ProblemResult(ProblemCodes.WebhookNotFound);
    }

    private static IResult Answer(PreferencesDocument? preferences) => preferences is null
        ? new ProblemResult(ProblemCodes.UserDeleted)
        : new DocumentResult<PreferencesDocument>(preferences, ApiJson.Default.PreferencesDocument);
}
