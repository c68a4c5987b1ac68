using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Limits;

/// <summary>What the machine takes for what every hop is made of: a byte to another thread and back through the loopback.</summary>
internal sealed class MachineCeiling(BenchOptions options, BenchResults results)
{
    private const int RoundTrips = 20_000;

    internal void Run()
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            (double microseconds, double cpuMicroseconds) = Measure();
            Console.WriteLine($"  a byte to another thread and back: {microseconds:0.0} µs, of which {cpuMicroseconds:0.0} µs of processors");
            if (round == 0) continue;

            results.Figures.Add(new Figure(BenchOptions.Ceilings, "a byte to another thread and back through the loopback", 0, Math.Round(microseconds, 1), "µs"));
            results.Figures.Add(new Figure(BenchOptions.Ceilings, "processors' time for it", 0, Math.Round(cpuMicroseconds, 1), "µs"));
        }
    }

    private static (double Microseconds, double CpuMicroseconds) Measure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var near = new TcpClient { NoDelay = true };
        near.Connect((IPEndPoint)listener.LocalEndpoint);
        using TcpClient far = listener.AcceptTcpClient();
        far.NoDelay = true;
        var echo = new Thread(() => Echo(far.Client));
        echo.Start();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        byte[] one = new byte[1];
        for (int trip = 0; trip < RoundTrips; trip++)
        {
            near.Client.Send(one);
            near.Client.Receive(one);
        }

        double microseconds = clock.Elapsed.TotalMicroseconds / RoundTrips;
        double cpu = (Environment.CpuUsage.TotalTime - cpuBefore).TotalMicroseconds / RoundTrips;
        near.Client.Shutdown(SocketShutdown.Both);
        echo.Join();
        return (microseconds, cpu);
    }

    private static void Echo(Socket socket)
    {
        byte[] one = new byte[1];
        while (socket.Receive(one) > 0) socket.Send(one);
    }
}
