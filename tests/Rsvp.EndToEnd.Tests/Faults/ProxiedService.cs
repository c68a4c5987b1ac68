using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>A service that reaches its servers through proxies; at the end it is started again as it was.</summary>
internal sealed class ProxiedService : IAsyncDisposable
{
    private readonly SystemFixture _system;
    private readonly string _name;

    private ProxiedService(SystemFixture system, string name)
    {
        (_system, _name) = (system, name);
        Broker = new TcpProxy(system.Instance.Rabbit.Address.Host, system.Instance.Rabbit.Address.Port);
        Database = new TcpProxy(system.Instance.Postgres.Address.Host, system.Instance.Postgres.Address.Port);
    }

    internal TcpProxy Broker { get; }

    internal TcpProxy Database { get; }

    /// <summary>Starts it again, with settings that the others do not have.</summary>
    internal static async Task<ProxiedService> StartAsync(SystemFixture system, string name, params (string Name, string Value)[] settings)
    {
        var service = new ProxiedService(system, name);
        var (role, password) = name.Split('-')[0] switch
        {
            "api" => ("rsvp_api", system.Instance.Secrets.PostgresApi),
            "worker" => ("rsvp_worker", system.Instance.Secrets.PostgresWorker),
            _ => ("rsvp_notifier", system.Instance.Secrets.PostgresNotifier),
        };
        await system.Instance.StopAsync(name, CancellationToken.None);
        await system.StartWithAsync(
            name,
            [
                ("ConnectionStrings__RabbitMq", service.Broker.Through(system.Instance.Rabbit.ServiceUrl(role))),
                ("ConnectionStrings__Postgres", service.Database.ThroughKeywords(system.Instance.Postgres.Address.Keywords(role, password))),
                .. settings,
            ]);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        Broker.ComeBack();
        Database.ComeBack();
        await _system.Instance.StopAsync(_name, CancellationToken.None);
        await _system.Instance.StartAsync(_name, CancellationToken.None);
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
