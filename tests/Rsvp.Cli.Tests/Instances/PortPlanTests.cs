using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Tests.Instances;

public sealed class PortPlanTests
{
    [Fact]
    public void No_two_listeners_of_an_instance_share_a_port()
    {
        var ports = new PortPlan(8080);

        int[] all =
        [
            ports.Api, ports.Postgres, ports.Rabbit, ports.RabbitManagement, ports.Epmd, ports.RabbitDistribution, ports.RabbitMetrics, ports.Prometheus,
            .. Enumerable.Range(1, PortPlan.FrontsMax).SelectMany(number => new[] { ports.ApiManagement(number), ports.Notifier(number), ports.NotifierManagement(number) }),
            .. Enumerable.Range(1, PortPlan.WorkersMax).Select(ports.Worker),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal((8080, 8081, 8110), (ports.Api, ports.Notifier(1), ports.Worker(1)));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(65500)]
    public void A_base_without_room_for_all_is_refused(int portBase) => Assert.Throws<ToolException>(() => new PortPlan(portBase));

    [Fact]
    public void Services_are_found_by_their_names()
    {
        var ports = new PortPlan(9000);

        Assert.Equal("http://127.0.0.1:9031", Service.ByName(ports, "worker-2")?.Url);
        Assert.Equal("http://127.0.0.1:9020/metrics", Service.ByName(ports, "api-1")?.MetricsUrl);
        Assert.Equal(("http://127.0.0.1:9000", "http://127.0.0.1:9022/health/ready"), (Service.ByName(ports, "api-2")?.Url, Service.ByName(ports, "api-2")?.ReadyUrl));
        Assert.Null(Service.ByName(ports, "postgres"));
        Assert.Equal(["worker-1", "worker-2", "notifier-1", "api-1"], Service.All(ports, new ServiceCounts()).Select(service => service.Name));
    }

    [Fact]
    public void One_more_of_a_kind_than_there_are_ports_for_is_refused()
    {
        var ports = new PortPlan(9000);

        Assert.Throws<ToolException>(() => Service.Api(ports, PortPlan.FrontsMax + 1));
        Assert.Throws<ToolException>(() => Service.Notifier(ports, PortPlan.FrontsMax + 1));
        Assert.Throws<ToolException>(() => Service.Worker(ports, PortPlan.WorkersMax + 1));
    }
}
