using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Rsvps;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Rsvps;

public sealed class CsvResultTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("Ann", "Ann")]
    [InlineData("Ann, Bob", "\"Ann, Bob\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-1", "'-1")]
    [InlineData("@cmd", "'@cmd")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    public void A_cell_is_quoted_where_needed_and_never_a_formula(string? text, string expected)
    {
        var line = new StringBuilder();

        CsvResult.AppendText(line, text);

        Assert.Equal(expected, line.ToString());
    }

    [Fact]
    public async Task Whoever_asks_and_does_not_read_is_cut_off_and_gives_back_what_they_held()
    {
        var time = new FakeTimeProvider();
        var (http, lifetime, body) = (new DefaultHttpContext(), new Lifetime(), new Pipe());
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body.Writer.AsStream()));
        var isHeld = false;

        var sending = new CsvResult(RowsAsync(), time).ExecuteAsync(http);
        await Eventually.HoldsAsync(async () => (await body.Reader.ReadAsync()) is var read && Keep(read), "more lies there than is read");
        Assert.True(isHeld);
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));
        await sending.WaitAsync(Eventually.DefaultDeadline);

        Assert.False(isHeld);
        Assert.True(lifetime.IsAborted);

        bool Keep(ReadResult read)
        {
            body.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return read.Buffer.Length >= PipeOptions.Default.PauseWriterThreshold;
        }

        async IAsyncEnumerable<HostedRsvp> RowsAsync()
        {
            isHeld = true;
            try
            {
                while (true)
                {
                    await Task.Yield();
                    yield return new HostedRsvp
                    {
                        Id = Guid.NewGuid(),
                        ActivityId = Guid.NewGuid(),
                        UserId = Guid.NewGuid(),
                        Status = "confirmed",
                        GuestCount = 0,
                        PartySize = 1,
                        CreatedAt = time.GetUtcNow(),
                        UpdatedAt = time.GetUtcNow(),
                        Version = 1,
                    };
                }
            }
            finally
            {
                isHeld = false;
            }
        }
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
