using Rsvp.Cli;

namespace Rsvp.Bench.Load;

/// <summary>Something that a design answered or stored was wrong: what was measured of this run counts no more.</summary>
/// <param name="message">What was wrong.</param>
internal sealed class NoFiguresException(string message) : ToolException("no figures: " + message);
