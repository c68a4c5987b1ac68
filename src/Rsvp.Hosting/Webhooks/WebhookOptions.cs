namespace Rsvp.Hosting.Webhooks;

/// <summary>Where webhooks may lead; section <c>Webhooks</c>, the same for the API and the notifier.</summary>
public sealed class WebhookOptions
{
    /// <summary>True lets webhooks use plain HTTP and lead into private networks and to this machine, for development; default false.</summary>
    public bool AllowPrivateAddresses { get; set; }
}
