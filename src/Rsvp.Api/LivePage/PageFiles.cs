using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Rsvp.Api.LivePage;

/// <summary>A file of the page, ready to be sent.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Of its bytes, so that a browser asks again and is told that it has them.</param>
internal sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue ETag);

/// <summary>The files of the page. They are in the assembly, so that wherever the API runs its page does, and are read once.</summary>
internal sealed class PageFiles
{
    // As the project file names the resources.
    private const string Prefix = "page/";

    private const string IndexName = "index.html";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, PageFile> _files;

    public PageFiles(IWebHostEnvironment environment)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name => Read(assembly, name), StringComparer.Ordinal);
        files.Remove(IndexName, out var index);
        Index = environment.IsDevelopment() ? ForDevelopment(index!) : index!;
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What a visitor gets first. In development it offers people to be; elsewhere it asks for a token.</summary>
    internal PageFile Index { get; }

    /// <param name="path">Such as <c>lib/api.js</c>.</param>
    /// <returns>Null when there is no such file.</returns>
    internal PageFile? Find(string path) => _files.GetValueOrDefault(path);

    private static PageFile Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Of(content, ContentTypes[Path.GetExtension(name)]);
    }

    private static PageFile ForDevelopment(PageFile index) =>
        Of(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(index.Content).Replace("data-development=\"false\"", "data-development=\"true\"", StringComparison.Ordinal)), index.ContentType);

    private static PageFile Of(byte[] content, string contentType)
    {
        var tag = Convert.ToHexStringLower(SHA256.HashData(content))[..32];
        return new PageFile(content, contentType, new EntityTagHeaderValue($"\"{tag}\""));
    }
}
