using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;

namespace Rsvp.Bench.Limits;

/// <summary>What the machine takes for what every hop is made of: a byte to another thread and back through the loopback, and a flush of the disk that the servers write to.</summary>
internal sealed class MachineCeiling(RsvpHome home, BenchOptions options, BenchResults results)
{
    private const int RoundTrips = 20_000;
    private const int Writes = 500;
    private const int BlockBytes = 8 * 1024;

    internal void Run()
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            (double microseconds, double cpuMicroseconds) = MeasureRoundTrip();
            Console.WriteLine($"  a byte to another thread and back: {microseconds:0.0} µs, of which {cpuMicroseconds:0.0} µs of processors");
            (double median, double p99) = MeasureDisk();
            Console.WriteLine($"  a write of 8 KiB and a flush of the disk: {median:0} µs, p99 {p99:0} µs");
            if (round == 0) continue;

            results.Figures.Add(new Figure(BenchOptions.Ceilings, "a byte to another thread and back through the loopback", 0, Math.Round(microseconds, 1), "µs"));
            results.Figures.Add(new Figure(BenchOptions.Ceilings, "processors' time for it", 0, Math.Round(cpuMicroseconds, 1), "µs"));
            results.Figures.Add(new Figure(BenchOptions.Ceilings, "a write of 8 KiB and a flush of the disk, median", 0, Math.Round(median), "µs"));
            results.Figures.Add(new Figure(BenchOptions.Ceilings, "a write of 8 KiB and a flush of the disk, p99", 0, Math.Round(p99), "µs"));
        }
    }

    /// <summary>One write after another, each to its own place in a file that has its size already, as a log that is used again has.</summary>
    private (double Median, double P99) MeasureDisk()
    {
        string path = home.In("bench.disk");
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            byte[] block = new byte[BlockBytes];
            Random.Shared.NextBytes(block);
            for (int index = 0; index < Writes; index++) RandomAccess.Write(file, block, (long)index * BlockBytes);
            RandomAccess.FlushToDisk(file);

            double[] microseconds = new double[Writes];
            for (int index = 0; index < Writes; index++)
            {
                long startedAt = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, (long)index * BlockBytes);
                RandomAccess.FlushToDisk(file);
                microseconds[index] = Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds;
            }

            Array.Sort(microseconds);
            return (BenchResults.Median(microseconds), microseconds[Writes * 99 / 100]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (double Microseconds, double CpuMicroseconds) MeasureRoundTrip()
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
