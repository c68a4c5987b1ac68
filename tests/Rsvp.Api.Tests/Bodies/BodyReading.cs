using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Bodies;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Tests.Bodies;

/// <summary>Reads bodies as the endpoints do, without a server around it.</summary>
internal static class BodyReading
{
    internal static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static Task<TBody> ReadAsync<TBody>(string json, string? contentType = "application/json", string environment = "Production")
        where TBody : IBody<TBody> => ReadAsync<TBody>(Encoding.UTF8.GetBytes(json), contentType, environment);

    internal static async Task<TBody> ReadAsync<TBody>(byte[] body, string? contentType = "application/json", string environment = "Production", byte[]? hash = null)
        where TBody : IBody<TBody>
    {
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(new FakeTimeProvider(Now))
            .AddSingleton<IHostEnvironment>(new SomeEnvironment { EnvironmentName = environment })
            .AddOptions()
            .AddSingleton<BodyRules>()
            .BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentType = contentType;
        return await BodyReader.ReadAsync<TBody>(http, hash);
    }

    /// <summary>The errors by field, or what is wrong as a whole under <c>""</c>.</summary>
    internal static async Task<IReadOnlyDictionary<string, List<string>>> RefusalAsync<TBody>(string json, string environment = "Production")
        where TBody : IBody<TBody>
    {
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync<TBody>(json, environment: environment));
        Assert.Equal("invalid_request", refusal.Problem.Kind.Code);
        return refusal.Problem.Errors ?? new Dictionary<string, List<string>> { [""] = [refusal.Problem.Detail!] };
    }

    private sealed class SomeEnvironment : IHostEnvironment
    {
        public required string EnvironmentName { get; set; }

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
