using System.Globalization;
using System.Text.Json;
using Rsvp.Client;

namespace Rsvp.Cli.Instances;

/// <summary>A few activities to look at. Loaded once; what is sent is written down first, so that repeating it is the same request.</summary>
internal sealed class DemoData
{
    /// <summary>Host of the demo's activities; the sample token is theirs.</summary>
    internal static readonly Guid Host = new("00000000-0000-4000-8000-000000000001");

    private static readonly string[] Names = ["Ada", "Grace", "Alan", "Edsger", "Barbara"];

    public required DateTimeOffset LoadedAt { get; init; }

    public bool Done { get; set; }

    /// <summary>Returns what could not be loaded, or null when all is there.</summary>
    internal static async Task<string?> LoadAsync(Instance instance, TimeProvider time, CancellationToken cancellationToken)
    {
        DemoData demo = JsonFile.Read<DemoData>(instance.Home.DemoFile) ?? new DemoData { LoadedAt = time.GetUtcNow() };
        if (demo.Done) return null;

        JsonFile.Write(instance.Home.DemoFile, demo);
        var tokens = new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, instance.Secrets.JwtKey).Tokens(time);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        DateTimeOffset day = new(demo.LoadedAt.UtcDateTime.Date.AddDays(30), TimeSpan.Zero);
        NewActivity[] activities =
        [
            new() { Title = "Summer picnic", StartsAt = day.AddHours(14), Capacity = 40, ParticipantsVisible = true },
            new() { Title = "Pottery for beginners", StartsAt = day.AddDays(2).AddHours(18), Capacity = 3 },
            new() { Title = "Open studio", StartsAt = day.AddDays(5).AddHours(10), Capacity = null, ParticipantsVisible = true },
        ];

        try
        {
            await using RsvpClient host = ClientOf(Host, "Demo Host");
            for (int index = 0; index < activities.Length; index++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"demo-activity-{index}");
                Outcome created = await host.OpenActivityAsync(activities[index], new CommandOptions { IdempotencyKey = key }, cancellationToken);
                Guid activityId = created.ActivityId ?? throw new RsvpException(created.Problem?.Code ?? "no activity");
                for (int person = 0; index < 2 && person < Names.Length; person++)
                {
                    var user = new Guid(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-0000000001{person:00}"));
                    await using RsvpClient guest = ClientOf(user, Names[person]);
                    key = string.Create(CultureInfo.InvariantCulture, $"demo-rsvp-{index}-{person}");
                    await guest.SubmitAsync(activityId, options: new CommandOptions { IdempotencyKey = key }, cancellationToken: cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is RsvpException or JsonException)
        {
            return exception.Message;
        }

        demo.Done = true;
        JsonFile.Write(instance.Home.DemoFile, demo);
        return null;

        RsvpClient ClientOf(Guid user, string name)
        {
            string token = tokens.Create(user, TimeSpan.FromHours(1), name);
            return new RsvpClient(new RsvpClientOptions
            {
                BaseAddress = new Uri(Service.Api(instance.Ports).Url),
                GetTokenAsync = _ => ValueTask.FromResult<string?>(token),
                Handler = handler,
            });
        }
    }
}
