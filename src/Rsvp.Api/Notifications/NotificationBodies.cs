using Rsvp.Api.Bodies;
using Rsvp.Contracts;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Api.Notifications;

/// <summary>Body of <c>PUT /api/users/me/notifications</c>: absent keeps.</summary>
internal sealed record PreferencesBody(bool? Email, bool? Webhook, IReadOnlyList<string>? MutedKinds) : IBody<PreferencesBody>
{
    public static PreferencesBody Read(JsonFields fields) => new(
        fields.Flag("email"),
        fields.Flag("webhook"),
        fields.Texts("mutedKinds", NotificationKinds.All));
}

/// <summary>Body of <c>POST /api/users/me/webhooks</c>.</summary>
internal sealed record WebhookBody(string Url) : IBody<WebhookBody>
{
    public static WebhookBody Read(JsonFields fields)
    {
        fields.Require("url");
        var url = fields.Text("url", WebhookAddresses.UrlMax, notBlank: true);
        if (url is not null && WebhookAddresses.Refuse(url, fields.Rules.AllowsPrivateWebhooks) is { } reason)
        {
            fields.Refuse("url", reason);
        }

        return new WebhookBody(url ?? "");
    }
}
