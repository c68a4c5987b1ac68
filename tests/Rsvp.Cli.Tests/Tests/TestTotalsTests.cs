namespace Rsvp.Cli.Tests.Tests;

public sealed class TestTotalsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Skipped_tests_are_what_is_neither_passed_nor_failed()
    {
        Write("""<Counters total="10" executed="8" passed="7" failed="1" error="0" timeout="0" aborted="0" notExecuted="0" />""");

        Assert.Equal(new TestTotals(7, 1, 2), TestTotals.Read(_file, exitCode: 1));
    }

    [Fact]
    public void A_project_that_crashed_counts_as_failed()
    {
        Write("""<Counters total="3" executed="3" passed="3" failed="0" />""");

        Assert.Equal(new TestTotals(3, 1, 0), TestTotals.Read(_file, exitCode: 134));
        Assert.Equal(new TestTotals(0, 1, 0), TestTotals.Read(_file + ".missing", exitCode: 1));
    }

    [Fact]
    public void A_project_without_tests_counts_nothing() => Assert.Equal(default, TestTotals.Read(_file + ".missing", exitCode: 0));

    [Fact]
    public void The_sum_is_one_plain_line() =>
        Assert.Equal("12 passed, 1 failed, 2 skipped", (new TestTotals(7, 1, 2) + new TestTotals(5, 0, 0)).ToString());

    private void Write(string counters) => File.WriteAllText(
        _file,
        $"""
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><ResultSummary outcome="Completed">{counters}</ResultSummary></TestRun>
        """);
}
