"""Images that nobody mends any more."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Image, Severity, rule

ANOTHER_RELEASE = "it is another release: test what runs on it, and bring the data of a database to it step by step"


@rule(
    "end-of-life-image",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.1 · NIST SP 800-190 4.1.1 · CIS Docker 4.4",
    examples=(
        Bad(
            "Dockerfile",
            """
            ARG PYTHON=3.8
            FROM «node:18-alpine3.17» AS web
            FROM «golang:1.26-buster» AS build
            FROM «python:${PYTHON}.10-slim» AS tool
            FROM «openjdk:17-jdk-slim»
            COPY --from=web /app /app
            COPY --from=«bitnami/kubectl:1.29» /opt/bitnami/kubectl/bin/kubectl /bin/
            RUN --mount=from=«docker.io/library/debian:stretch-slim»,target=/mnt true
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM «node:18-alpine3.17» AS web
            FROM «golang:1.15.2-buster» AS build
            FROM «debian:stretch-20200224-slim»
            COPY --from=«openjdk:11-jre-slim» /usr/local/openjdk-11 /opt/java
            """,
            fixed="""
            FROM node:24-alpine3.24 AS web
            FROM golang:1.26-bookworm AS build
            FROM debian:bookworm-slim
            COPY --from=eclipse-temurin:11-jre /usr/local/openjdk-11 /opt/java
            """,
        ),
        Bad("Dockerfile", "FROM «centos»\nFROM «alpine:3.1»\nFROM «ubuntu:bionic-20200311»\nFROM «mirror.gcr.io/library/php:7-fpm»\n"),
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: «mysql:5.7»
              search:
                image: «docker.elastic.co/elasticsearch/elasticsearch:6.8.23»
              cache:
                image: «'redis:3.2-alpine'»
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: «nginx:1.14.2»
            """,
        ),
        Good(
            "Dockerfile",
            """
            ARG VERSION
            FROM node:lts
            FROM python:3-slim AS centos
            FROM maven:3.9-eclipse-temurin-17
            FROM openjdk:27-ea-jdk-slim
            FROM debian:bookworm-slim
            FROM alpine:20260127
            FROM ubuntu:${VERSION}
            FROM mcr.microsoft.com/windows/servercore:10.0.17763.1
            FROM ros:kinetic-ros-base
            FROM acme/python:2.7
            FROM registry.example.com/library/centos:7
            FROM centos
            """,
        ),
        Good("compose.yaml", "services: {db: {image: 'mysql:8.4'}, own: {image: 'python:3.8', build: .}, cache: {image: bitnami/redis}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:stable-alpine'}
                - {name: side, image: 'registry.k8s.io/pause:3.1'}
            """,
        ),
    ),
)
def end_of_life_image(image: Image) -> Iterator[Finding]:
    """The image, or what it is built on, gets no security fixes any more.

    Every hole that is found from now on stays open in it, and updating the packages in the build finds nothing to install. Move
    to a release that is maintained. The dates are data of this version of capdrop, taken from endoflife.date and from Docker's
    list of official images, and are not compared with today's date: the same version says the same of the same file. Of products
    that end a release as soon as the next one is out, such as nginx and Go, only releases that ended a year before are reported.

    The fix names the nearest release of an official image that has half a year or more to live, in the variant that is written.
    """
    if not image.is_fetched or image.reference is None:
        return
    end = image.end_of_life
    if end is not None:
        instead = f"; `{end.instead}` takes its place" if end.instead else ""
        confidence = Confidence.MEDIUM if image.value.defaulted else None
        fix = image.move_on(caveat=ANOTHER_RELEASE)
        yield image.finding(image.value, f"`{image.reference.text}`: {end.reason}{instead}", confidence=confidence, fix=fix)
