using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Load;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Reporting;

/// <summary>The results as SVG.</summary>
internal sealed class Plots(BenchResults results, string folder)
{
    private const double Width = 760;
    private const double Height = 420;

    // Told apart by people who do not see all colours (Okabe and Ito).
    private static readonly OxyColor[] Colours = [OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73), OxyColor.FromRgb(0xCC, 0x79, 0xA7)];

    internal void Write()
    {
        string[] contenders = [.. results.Rounds.Where(round => round.Part == BenchOptions.Comparison).Select(round => round.Contender).Distinct()];
        if (contenders.Length > 0)
        {
            WriteByConnections(contenders, "throughput", "requests with their outcome, per second", round => round.PerSecond);
            WriteByConnections(contenders, "latency", "p99, ms", round => round.LatencyMs.P99);
            WriteDistribution(contenders);
        }

        foreach (IGrouping<string, Figure> part in results.Figures.Where(figure => figure.At > 0).GroupBy(figure => figure.Part)) WriteCurves(part);
    }

    private void WriteByConnections(string[] contenders, string name, string unit, Func<RoundFigures, double> value)
    {
        PlotModel plot = Make("one activity", "connections, each waiting for its outcome", unit, isLogX: true, isLogY: true);
        foreach ((int index, string contender) in contenders.Index())
        {
            var points = results.Rounds
                .Where(round => round.Part == BenchOptions.Comparison && round.Scenario == ClosedLoop.OneActivity && round.Contender == contender)
                .GroupBy(round => round.Connections)
                .Select(group => new DataPoint(group.Key, BenchResults.Median(group.Select(value))));
            plot.Series.Add(LineOf(contender, index, points));
        }

        Save(plot, name);
    }

    /// <summary>By "nines", as HDR plots are: each step to the right is ten times rarer.</summary>
    private void WriteDistribution(string[] contenders)
    {
        PlotModel plot = Make($"one activity, {ClosedLoop.ManyConnections} connections, all rounds", "1 of so many takes longer", "ms", isLogX: true, isLogY: true);
        foreach ((int index, string contender) in contenders.Index())
        {
            var points = results.Of(BenchOptions.Comparison, ClosedLoop.OneActivity, contender, ClosedLoop.ManyConnections)
                .SelectMany(round => round.Distribution)
                .Where(point => point[0] < 100)
                .GroupBy(point => point[0])
                .Select(group => new DataPoint(100 / (100 - group.Key), BenchResults.Median(group.Select(point => point[1]))));
            plot.Series.Add(LineOf(contender, index, points));
        }

        Save(plot, "distribution");
    }

    private void WriteCurves(IGrouping<string, Figure> part)
    {
        foreach (IGrouping<string, Figure> unit in part.GroupBy(figure => figure.Unit))
        {
            PlotModel plot = Make(part.Key, "", unit.Key, isLogX: true, isLogY: true);
            foreach ((int index, IGrouping<string, Figure> curve) in unit.Where(figure => figure.At > 0).GroupBy(figure => figure.Name).Index())
            {
                plot.Series.Add(LineOf(curve.Key, index, curve.GroupBy(figure => figure.At).Select(group => new DataPoint(group.Key, BenchResults.Median(group.Select(figure => figure.Value))))));
            }

            Save(plot, part.Key);
        }
    }

    private static PlotModel Make(string title, string x, string y, bool isLogX, bool isLogY)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 14, TitleFontWeight = FontWeights.Normal, Background = OxyColors.White };
        plot.Axes.Add(Axis(isLogX, AxisPosition.Bottom, x));
        plot.Axes.Add(Axis(isLogY, AxisPosition.Left, y));
        plot.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomCenter, LegendOrientation = LegendOrientation.Horizontal });
        return plot;
    }

    private static Axis Axis(bool isLog, AxisPosition position, string title)
    {
        Axis axis = isLog ? new LogarithmicAxis() : new LinearAxis { Minimum = 0 };
        axis.Position = position;
        axis.Title = title;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = OxyColor.FromRgb(0xE0, 0xE0, 0xE0);
        return axis;
    }

    private static LineSeries LineOf(string title, int index, IEnumerable<DataPoint> points)
    {
        var line = new LineSeries { Title = title, Color = Colours[index % Colours.Length], MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = Colours[index % Colours.Length] };
        line.Points.AddRange(points.OrderBy(point => point.X));
        return line;
    }

    private void Save(PlotModel plot, string name)
    {
        var exporter = new SvgExporter { Width = Width, Height = Height };
        File.WriteAllText(Path.Combine(folder, name + ".svg"), exporter.ExportToString(plot));
    }
}
