using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Telemetry;

public sealed partial class LogTests
{
    // What a log line may say: who and what by id, how many, how long, which state, and what a library or a server said went wrong.
    private static readonly HashSet<string> Allowed =
    [
        "ActivityCount", "ActivityId", "Ahead", "Arrived", "Attempts", "AwayAfter", "Channel", "Command", "CommandCount", "Conflicts", "Count",
        "Endpoint", "Error", "Guard", "Invariant", "Kind", "LogRows", "LogSeq", "MessageId", "Messages", "Method", "Migration",
        "NotificationId", "OutcomeCount", "Partition", "PartitionCount", "Queue", "Reason", "RequestId", "SqlState", "Statement",
        "StatementTimeout", "Status", "Tries", "Turn", "Version", "ViewCount", "What",
    ];

    [Theory]
    [InlineData("Production", null, "json")]
    [InlineData("Development", null, "one-line")]
    [InlineData("Development", "json", "json")]
    [InlineData("Production", "line", "one-line")]
    public void The_log_is_json_outside_development_unless_somebody_says_otherwise(string environment, string? setting, string formatter)
    {
        using var service = Build(environment, setting);

        Assert.Equal(formatter, service.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.True(formatter != "json" || service.Services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue.IncludeScopes);
    }

    [Fact]
    public void What_is_logged_while_a_request_runs_carries_the_id_of_its_trace()
    {
        var scopes = new ScopeLog();
        using var service = Build("Production", null, logging => logging.AddProvider(scopes));
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        service.Services.GetRequiredService<ILogger<LogTests>>().Log(LogLevel.Warning, 1, "said", null, (state, _) => state);

        Assert.Contains(new("TraceId", request.TraceId.ToHexString()), scopes.Seen);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("json")]
    public void An_entry_in_the_log_is_one_line_whatever_is_in_it(string format)
    {
        const string Hostile = "a\r\n2040-01-01T00:00:00.000Z info: forged\u2028\u202Eb\u001B[31mc\0";
        using var service = Build("Production", format);
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var name = service.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        var formatter = service.Services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == name);
        var line = new StringWriter();

        formatter.Write(new LogEntry<string>(LogLevel.Error, "Category", 7, Hostile, new InvalidOperationException(Hostile), (text, _) => text), null, line);

        Assert.EndsWith("\n", line.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(line.ToString().TrimEnd('\n'), char.IsControl);
        Assert.DoesNotContain('\u2028', line.ToString());
        Assert.DoesNotContain('\u202E', line.ToString());
        Assert.Contains("2040", line.ToString(), StringComparison.Ordinal);
        if (format == "line")
        {
            Assert.Contains($"fail: Category[7] TraceId:{request.TraceId.ToHexString()} SpanId:{request.SpanId.ToHexString()} a  2040", line.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Log_messages_are_templates_of_known_fields_that_are_no_personal_data()
    {
        var sources = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (File: file, Text: File.ReadAllText(file)))
            .ToList();
        var fields = sources
            .SelectMany(source => Template().Matches(source.Text))
            .SelectMany(template => Field().Matches(template.Value))
            .Select(field => field.Groups[1].Value)
            .ToHashSet();

        Assert.NotEmpty(fields);
        Assert.Equal(Allowed.Order(), fields.Order());
        Assert.Empty(sources.Where(source => LooseCall().IsMatch(source.Text)).Select(source => source.File));
    }

    private static WebApplication Build(string environment, string? format, Action<ILoggingBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration["Telemetry:LogFormat"] = format;
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.AddServiceDefaults();
        configure?.Invoke(builder.Logging);
        return builder.Build();
    }

    [GeneratedRegex("""LoggerMessage\([^"]*"[^"]*"\)""")]
    private static partial Regex Template();

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(\s*(\$?""|\w+, \$?"")")]
    private static partial Regex LooseCall();

    /// <summary>Keeps what the scopes of each line say.</summary>
    private sealed class ScopeLog : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider? _scopes;

        public List<KeyValuePair<string, object?>> Seen { get; } = [];

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _scopes?.ForEachScope((scope, seen) => seen.AddRange(scope as IEnumerable<KeyValuePair<string, object?>> ?? []), Seen);

        public void Dispose()
        {
        }
    }
}
