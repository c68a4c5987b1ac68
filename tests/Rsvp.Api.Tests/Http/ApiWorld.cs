using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rsvp.Api.Submitting;
using Rsvp.Api.Tests.Submitting;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Http;

/// <summary>The whole API over real HTTP, a database and a broker of its own, and a partition that the test plays. A class fixture.</summary>
public class ApiWorld : IAsyncLifetime
{
    internal const string Issuer = "tests";
    internal const string Audience = "rsvp-tests";
    internal const string SigningKey = "a signing key of 64 characters, long enough for HS512 as well....";

    private readonly bool _hasDatabase;
    private readonly string? _environment;
    private readonly int _ownedPartitions;
    private readonly (string Key, string Value)[] _settings;
    private readonly TcpProxy? _proxy;
    private TestBroker? _broker;
    private WebApplication? _app;

    /// <summary>A world with everything in it.</summary>
    public ApiWorld()
        : this(hasDatabase: true)
    {
    }

    private protected ApiWorld(bool hasDatabase, bool hasProxy = false, int ownedPartitions = 1, string? environment = null, params (string Key, string Value)[] settings)
    {
        _environment = environment;
        _hasDatabase = hasDatabase;
        _ownedPartitions = ownedPartitions;
        _settings = settings;
        _proxy = hasProxy ? TcpProxy.OfBroker() : null;
    }

    /// <summary>Between the API and the broker, in the worlds that have one.</summary>
    internal TcpProxy Proxy => _proxy!;

    internal TestDatabase Database { get; } = new();

    internal FakePartition Partition { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal IServiceProvider Services => _app!.Services;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.CreateAsync();
        var databaseConnection = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";
        if (_hasDatabase)
        {
            await Database.InitializeAsync();
            databaseConnection = await Database.ConnectionStringOfAsync("rsvp_api");
        }

        // With the rights that the API has in a system, and no others.
        var brokerUrl = await _broker.UrlOfAsync("rsvp_api");

        // Of two partitions one is nobody's, unless the world says otherwise.
        Partition = await FakePartition.StartAsync(_broker, _ownedPartitions);
        _app = ApiHost.Create([], builder =>
        {
            builder.Environment.EnvironmentName = _environment ?? builder.Environment.EnvironmentName;
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "None",
                ["urls"] = "http://127.0.0.1:0",
                ["ConnectionStrings:Postgres"] = databaseConnection,
                ["ConnectionStrings:RabbitMq"] = _proxy?.Through(brokerUrl) ?? brokerUrl,
                ["Partitions:Count"] = "2",
                ["Jwt:Issuer"] = Issuer,
                ["Jwt:Audience"] = Audience,
                ["Jwt:Key"] = SigningKey,
                ["RequestIds:Key"] = "a request id key of 32 characters",
            });
            builder.Configuration.AddInMemoryCollection(_settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        });
        await _app.StartAsync();
        var address = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
        await Eventually.HoldsAsync(() => !Services.GetRequiredService<BrokerCircuit>().IsOpen, "the broker confirms messages");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await Partition.DisposeAsync();
        await _broker!.DisposeAsync();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_hasDatabase)
        {
            await Database.DisposeAsync();
        }
    }

    /// <summary>A token as the identity provider would issue it.</summary>
    internal static string Token(Guid userId, string? name = null, string? role = null) => Token(claims =>
    {
        claims["sub"] = userId.ToString();
        if (name is not null)
        {
            claims["name"] = name;
        }

        if (role is not null)
        {
            claims["role"] = role;
        }
    });

    /// <summary>A token with any claims, good but for what the test changes.</summary>
    internal static string Token(Action<Dictionary<string, object>> claims, Action<SecurityTokenDescriptor>? change = null)
    {
        var all = new Dictionary<string, object>();
        claims(all);
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Claims = all,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(SigningKey)), SecurityAlgorithms.HmacSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>An activity id that the partition of this world owns, or the one that nobody owns.</summary>
    internal static Guid ActivityId(bool isOwned = true)
    {
        while (true)
        {
            var id = Guid.NewGuid();
            if (Rsvp.Hosting.Partitions.Partitioner.PartitionOf(id, 2) == (isOwned ? 0 : 1))
            {
                return id;
            }
        }
    }

    internal async Task<Answer> SendAsync(HttpMethod method, string path, string? token, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await Client.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsByteArrayAsync());
    }
}

/// <summary>What the API answered.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    internal JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    internal string? Code => Text("code");

    internal string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;
}
