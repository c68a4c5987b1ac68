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
    private const double Height = 480;

    // Clear of the numbers, whose font may be wider than the library thinks.
    private const double AxisTitleDistance = 18;

    // Told apart by people who do not see all colours (Okabe and Ito), grey in the place of a yellow that is too light for a line.
    private static readonly OxyColor[] Colours =
    [
        OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73), OxyColor.FromRgb(0xCC, 0x79, 0xA7),
        OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0x56, 0xB4, 0xE9), OxyColor.FromRgb(0x00, 0x00, 0x00), OxyColor.FromRgb(0x99, 0x99, 0x99),
    ];

    // Seven beside eight colours: no pair of them comes twice among 56 curves.
    private static readonly MarkerType[] Markers =
        [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond, MarkerType.Cross, MarkerType.Plus, MarkerType.Star];

    private readonly List<(string Name, string Title)> _written = [];

    /// <returns>Names of the files, without their ending, and titles.</returns>
    internal IReadOnlyList<(string Name, string Title)> Write()
    {
        string[] contenders = [.. results.Rounds.Where(round => round.Part == BenchOptions.Comparison).Select(round => round.Contender).Distinct()];
        if (contenders.Length > 0)
        {
            WriteByConnections(contenders, "throughput", "requests with their outcome, per second", round => round.PerSecond);
            WriteByConnections(contenders, "latency", "p99, ms", round => round.LatencyMs.P99);
            WriteDistribution(contenders);
        }

        foreach (IGrouping<string, Figure> part in results.Figures.Where(figure => figure.At > 0).GroupBy(figure => figure.Part)) WriteCurves(part);
        return _written;
    }

    private void WriteByConnections(string[] contenders, string name, string unit, Func<RoundFigures, double> value)
    {
        PlotModel plot = Make($"{name} on one activity: median, smallest and largest", "connections, each waiting for its outcome", unit, isLogX: true, isLogY: true);
        foreach ((int index, string contender) in contenders.Index())
        {
            (double At, double[] Values)[] points =
            [
                .. results.Rounds
                    .Where(round => round.Part == BenchOptions.Comparison && round.Scenario == ClosedLoop.OneActivity && round.Contender == contender)
                    .GroupBy(round => round.Connections)
                    .Select(group => ((double)group.Key, group.Select(value).ToArray())),
            ];
            plot.Series.Add(SpreadOf(index, points));
            plot.Series.Add(LineOf(contender, index, points.Select(point => new DataPoint(point.At, BenchResults.Median(point.Values)))));
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

    /// <summary>One plot for each unit, since an axis has one.</summary>
    private void WriteCurves(IGrouping<string, Figure> part)
    {
        IGrouping<string, Figure>[] units = [.. part.GroupBy(figure => figure.Unit)];
        bool isLog = part.Key != BenchOptions.Steady; // Minutes are no sizes, and a logarithm would flatten what grows.
        foreach (IGrouping<string, Figure> unit in units)
        {
            PlotModel plot = Make(units.Length == 1 ? part.Key : $"{part.Key}, {unit.Key}", SizeOf(part.Key), unit.Key, isLog, isLog);
            foreach ((int index, IGrouping<string, Figure> curve) in unit.GroupBy(figure => figure.Name).Index())
            {
                plot.Series.Add(LineOf(curve.Key, index, curve.GroupBy(figure => figure.At).Select(group => new DataPoint(group.Key, BenchResults.Median(group.Select(figure => figure.Value))))));
            }

            Save(plot, units.Length == 1 ? part.Key : $"{part.Key}-{Slug(unit.Key)}");
        }
    }

    private static string SizeOf(string part) => part switch
    {
        BenchOptions.Growth => "size: activities, RSVPs in the table, or places in line, as the name says",
        BenchOptions.Steady => "minutes",
        _ => "what the figure depends on, as the name says",
    };

    private static string Slug(string unit) =>
        string.Concat(unit.Replace('µ', 'u').Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '-'));

    private static PlotModel Make(string title, string x, string y, bool isLogX, bool isLogY)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 14, TitleFontWeight = FontWeights.Normal, Background = OxyColors.White };
        plot.Axes.Add(Axis(isLogX, AxisPosition.Bottom, x));
        plot.Axes.Add(Axis(isLogY, AxisPosition.Left, y));

        // One below the other, and a title wider than any of them: the library does not know how wide the fonts of whoever looks at it are.
        plot.Legends.Add(new Legend
        {
            LegendTitle = "Each point is the median of its rounds or samples.",
            LegendTitleFontWeight = FontWeights.Normal,
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Vertical,
            LegendLineSpacing = 4,
        });
        return plot;
    }

    private static Axis Axis(bool isLog, AxisPosition position, string title)
    {
        Axis axis = isLog ? new LogarithmicAxis() : new LinearAxis { Minimum = 0 };
        axis.Position = position;
        axis.Title = title;
        axis.AxisTitleDistance = AxisTitleDistance;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = OxyColor.FromRgb(0xE0, 0xE0, 0xE0);
        return axis;
    }

    private static LineSeries LineOf(string title, int index, IEnumerable<DataPoint> points)
    {
        OxyColor colour = Colours[index % Colours.Length];
        var line = new LineSeries
        {
            Title = title,
            Color = colour,
            MarkerType = Markers[index % Markers.Length],
            MarkerSize = 4,
            MarkerFill = colour,
            MarkerStroke = colour,
        };
        line.Points.AddRange(points.OrderBy(point => point.X));
        return line;
    }

    /// <summary>From the smallest to the largest of each point: a line that is interrupted between points.</summary>
    private static LineSeries SpreadOf(int index, IEnumerable<(double At, double[] Values)> points)
    {
        var line = new LineSeries { Color = Colours[index % Colours.Length], StrokeThickness = 1, RenderInLegend = false };
        foreach ((double at, double[] values) in points) line.Points.AddRange([new(at, values.Min()), new(at, values.Max()), DataPoint.Undefined]);
        return line;
    }

    private void Save(PlotModel plot, string name)
    {
        var exporter = new SvgExporter { Width = Width, Height = Height };
        File.WriteAllText(Path.Combine(folder, name + ".svg"), exporter.ExportToString(plot));
        _written.Add((name, plot.Title));
    }
}
