namespace Rsvp.Api.Origin;

/// <summary>Where the push side is; section <c>Notifier</c>.</summary>
internal sealed class OriginOptions
{
    /// <summary>Base URLs of the notifiers, separated by <c>;</c>. Without one, hub and sockets answer 503.</summary>
    public string Url { get; set; } = "";

    internal string[] Urls => Url.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
