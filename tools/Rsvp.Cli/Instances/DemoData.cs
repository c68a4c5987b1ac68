using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Rsvp.Cli.Tokens;

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
        var tokens = new TokenFactory(new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, instance.Secrets.JwtKey), time);
        using var client = new HttpClient { BaseAddress = new Uri(Service.Api(instance.Ports).Url), Timeout = TimeSpan.FromSeconds(40) };
        DateTimeOffset day = new(demo.LoadedAt.UtcDateTime.Date.AddDays(30), TimeSpan.Zero);
        object[] activities =
        [
            new { title = "Summer picnic", startsAt = day.AddHours(14), capacity = (int?)40, participantsVisible = true },
            new { title = "Pottery for beginners", startsAt = day.AddDays(2).AddHours(18), capacity = (int?)3, participantsVisible = false },
            new { title = "Open studio", startsAt = day.AddDays(5).AddHours(10), capacity = (int?)null, participantsVisible = true },
        ];

        try
        {
            for (int index = 0; index < activities.Length; index++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"demo-activity-{index}");
                JsonElement created = await SendAsync(client, "/api/activities", activities[index], tokens.Create(Host, TimeSpan.FromHours(1), "Demo Host"), key, cancellationToken);
                string activityId = created.GetProperty("activityId").GetString()!;
                for (int person = 0; index < 2 && person < Names.Length; person++)
                {
                    var user = new Guid(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-0000000001{person:00}"));
                    string token = tokens.Create(user, TimeSpan.FromHours(1), Names[person]);
                    key = string.Create(CultureInfo.InvariantCulture, $"demo-rsvp-{index}-{person}");
                    await SendAsync(client, $"/api/activities/{activityId}/rsvp", new { guestCount = 0 }, token, key, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return exception.Message;
        }

        demo.Done = true;
        JsonFile.Write(instance.Home.DemoFile, demo);
        return null;
    }

    private static async Task<JsonElement> SendAsync(
        HttpClient client, string path, object body, string token, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("Prefer", "wait=20");
        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"POST {path} answered {(int)response.StatusCode}");

        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
