using System.ComponentModel.DataAnnotations;

namespace Rsvp.Notifier.Notifications;

/// <summary>How deliveries are paced; section <c>Notifications</c>.</summary>
internal sealed class NotificationsOptions
{
    /// <summary>How often a channel looks for deliveries that became due; new ones are taken at once. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a channel that is away as a whole is left alone before one delivery tries it again; the pauses double up to it. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan PauseMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one webhook may take to answer; default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one mail may take, connecting included; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan EmailTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long finished deliveries are kept; default 30 days. A message repeated later than that would be delivered again.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromDays(30);
}
